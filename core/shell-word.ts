/** A text as one word of sh, whatever it holds. */
export const shellWord = (text: string): string => `'${text.replace(/'/g, "'\\''")}'`;
