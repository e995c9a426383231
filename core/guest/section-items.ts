/** Parts of a section that begin with `@ NAME`: their lines by name. */
export function itemsOf(lines: readonly string[]): Map<string, string[]> {
  const items = new Map<string, string[]>();
  let own: string[] = [];
  for (const line of lines) {
    if (line.startsWith("@ ")) {
      own = [];
      items.set(line.slice(2).trim(), own);
    } else {
      own.push(line);
    }
  }
  return items;
}
