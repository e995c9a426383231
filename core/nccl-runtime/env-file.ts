/** Variables of /etc/nccl.conf and /etc/environment, as their readers understand them. */

/** By name, of NCCL's file: all behind the first "=" is the value, the first line of a name counts. */
export function ncclVariables(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const at = line.indexOf("=");
    if (line.startsWith("#") || at < 1 || found.has(line.slice(0, at))) continue;
    found.set(line.slice(0, at), line.slice(at + 1));
  }
  return found;
}

/**
 * By name, of pam_env's file: blanks and "export " before the name, a comment behind the value and quotes around it do
 * not count; a line that ends in a backslash goes on in the next one. The last line of a name counts. Blanks before a
 * comment are part of the value, and a quote before them is too (Linux-PAM pam_env.c, _parse_env_file).
 */
export function pamVariables(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of pamLines(text)) {
    const [, name, value = "", comment] = PAM_LINE.exec(line) ?? [];
    if (name !== undefined) found.set(name, unquoted(comment === undefined ? value.trimEnd() : value));
  }
  return found;
}

/**
 * Lines with those that they go on in; nothing in between counts, and what goes on beyond the end is not read at all
 * (Linux-PAM pam_env.c, _assemble_line).
 */
function pamLines(text: string): string[] {
  const whole: string[] = [];
  let begun = "";
  for (const line of text.split("\n")) {
    if (/^[ \t]*(#|$)/.test(line)) continue;
    const [, left] = /^([^#]*)\\[ \t]*$/.exec(line) ?? [];
    if (left === undefined) whole.push(begun + line);
    begun = left === undefined ? "" : begun + left;
  }
  return whole;
}

const PAM_LINE = /^[ \t]*(?:export )?([A-Za-z0-9_]+)=([^#]*)(#)?/;

/** One quote at each end, where there is one at the beginning. */
const unquoted = (value: string): string => (/^["']/.test(value) ? value.slice(1).replace(/["']$/, "") : value);

/** Why pam_env would not read the value as it is meant; undefined where it does. */
export function unfitForPam(value: string): string | undefined {
  if (value.includes("#")) return 'must not hold "#": in /etc/environment a comment begins there';
  if (/^["']/.test(value)) return "must not begin with a quote: in /etc/environment quotes around a value do not count";
  if (value.endsWith("\\")) return "must not end in a backslash: in /etc/environment the line would go on";
  return undefined;
}
