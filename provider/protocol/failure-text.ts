/** Longest message and longest path shown, in UTF-16 code units: a value of a megabyte may be quoted in one. */
const MAX_MESSAGE = 1500;
const MAX_PATH = 400;

const CUT = "…";
// Line breaks and tabs stay.
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal obeys them
const CONTROL_IN_TEXT = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const CONTROL = /\p{Cc}/gu;

/** A message as it may go to a terminal: of bounded length, its end cut off, and without control characters. */
export function shownMessage(message: string): string {
  const short = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}${CUT}` : message;
  return short.replace(CONTROL_IN_TEXT, escaped);
}

/** A property path in the same way, without its middle where it is long: keys may be anything. */
export function shownPath(path: string): string {
  const half = MAX_PATH / 2;
  const short = path.length > MAX_PATH ? `${path.slice(0, half)}${CUT}${path.slice(-half)}` : path;
  return short.replace(CONTROL, escaped);
}

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
