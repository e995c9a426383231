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
 * not count; a line that ends in a backslash goes on in the next one. The last line of a name counts.
 */
export function pamVariables(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let isContinued = false;
  for (const line of text.split("\n")) {
    const [, name, value = ""] = (!isContinued && /^[ \t]*(?:export )?([A-Za-z0-9_]+)=([^#]*)/.exec(line)) || [];
    isContinued = line.endsWith("\\");
    if (name !== undefined) found.set(name, unquoted(value.trimEnd()));
  }
  return found;
}

const unquoted = (value: string): string => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;

/** Why pam_env would not read the value as it is meant; undefined where it does. */
export function unfitForPam(value: string): string | undefined {
  if (value.includes("#")) return 'must not hold "#": in /etc/environment a comment begins there';
  if (/^["']/.test(value)) return "must not begin with a quote: in /etc/environment quotes around a value do not count";
  if (value.endsWith("\\")) return "must not end in a backslash: in /etc/environment the line would go on";
  return undefined;
}
