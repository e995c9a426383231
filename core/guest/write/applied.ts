/** A setting that a device turned out not to support: its property path, and the device's own words. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** What the script of an update printed where all is set: settings that were left out, a line `PATH<TAB>REASON` each. */
export function parseApplied(text: string): LeftOut[] {
  return text
    .split("\n")
    .map((line) => line.split("\t"))
    .filter(([path = "", reason]) => path !== "" && reason !== undefined)
    .map(([path = "", ...reason]) => ({ path, reason: reason.join(" ").trim() }));
}
