/** A word of sh on one line: newlines come from the variable `n`, which holds one. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`).replaceAll("\n", `'"$n"'`)}'`;
}
