/**
 * What nvidia-smi prints with `--format=csv,noheader,nounits`: values parted by commas, one line for each GPU (or clock). A
 * value that a card lacks is in brackets: [N/A], [Not Supported] of older drivers, [Requested functionality has been
 * deprecated] of newer ones (nvidia-smi's man page; `nvidia-smi --help-query-gpu`).
 */
export interface SmiCard {
  readonly index: number;
  readonly name: string;
  readonly driverVersion: string;
  /** Undefined where the card has no persistence mode. */
  readonly persistence: boolean | undefined;
  /** Highest clocks that the parts of the card are made for, whatever is supported, in MHz. */
  readonly maxMemoryClock?: number;
  readonly maxGraphicsClock?: number;
}

/** Lines `index, pci.bus_id, driver_version, persistence_mode, clocks.max.memory, clocks.max.graphics, name`. */
export function parseCards(lines: readonly string[]): Map<string, SmiCard> {
  const cards = new Map<string, SmiCard>();
  for (const line of lines) {
    const [index = "", busId = "", driverVersion = "", mode = "", memory, graphics, ...name] = fieldsOf(line);
    const address = addressOf(busId);
    if (address === undefined || !/^\d+$/.test(index)) continue;
    const [maxMemoryClock, maxGraphicsClock] = [clockOf(memory), clockOf(graphics)];
    cards.set(address, {
      index: Number(index),
      name: name.join(", "),
      driverVersion,
      persistence: /^enabled$/i.test(mode) ? true : /^disabled$/i.test(mode) ? false : undefined,
      ...(maxMemoryClock === undefined ? {} : { maxMemoryClock }),
      ...(maxGraphicsClock === undefined ? {} : { maxGraphicsClock }),
    });
  }
  return cards;
}

/** What nvidia-smi said instead of cards: it prints its errors in the place of lines. */
export function smiComplaint(lines: readonly string[]): string | undefined {
  const words = lines.filter((line) => addressOf(fieldsOf(line)[1] ?? "") === undefined).join(" ");
  return words === "" ? undefined : words.replace(/\s+/g, " ").trim().slice(0, 500);
}

/** Application clocks `MEMORY,GRAPHICS` by address, or why a card has none. */
export type ApplicationClocks = { readonly clocks: string } | { readonly lacks: string };

/** Lines `pci.bus_id, clocks.applications.memory, clocks.applications.graphics`. */
export function parseApplicationClocks(lines: readonly string[]): Map<string, ApplicationClocks> {
  const found = new Map<string, ApplicationClocks>();
  for (const line of lines) {
    const [busId = "", memory = "", graphics = ""] = fieldsOf(line);
    const address = addressOf(busId);
    if (address === undefined) continue;
    const hasBoth = clockOf(memory) !== undefined && clockOf(graphics) !== undefined;
    const lacking = clockOf(memory) === undefined ? memory : graphics;
    found.set(address, hasBoth ? { clocks: `${memory},${graphics}` } : { lacks: wordsOf(lacking) });
  }
  return found;
}

/** Supported graphics clocks by memory clock in MHz, both from the highest down. */
export type SupportedClocks = ReadonlyMap<number, readonly number[]>;

/** Lines `gpu_bus_id, memory, graphics`, one for each pair of clocks. A card that does not tell is not among them. */
export function parseSupportedClocks(lines: readonly string[]): Map<string, SupportedClocks> {
  const found = new Map<string, Map<number, number[]>>();
  for (const line of lines) {
    const [busId = "", memoryText, graphicsText] = fieldsOf(line);
    const [address, memory, graphics] = [addressOf(busId), clockOf(memoryText), clockOf(graphicsText)];
    if (address === undefined || memory === undefined || graphics === undefined) continue;
    const clocks = found.get(address) ?? new Map<number, number[]>();
    found.set(address, clocks);
    clocks.set(memory, [...(clocks.get(memory) ?? []), graphics]);
  }
  return new Map([...found].map(([address, clocks]) => [address, descending(clocks)]));
}

function descending(clocks: ReadonlyMap<number, readonly number[]>): SupportedClocks {
  const sorted = [...clocks].sort(([a], [b]) => b - a);
  return new Map(sorted.map(([memory, list]) => [memory, [...new Set(list)].sort((a, b) => b - a)]));
}

/** `00000000:17:00.0` (and `0000:17:00.0` of drivers up to 375), in upper case, as the kernel writes it: `0000:17:00.0`. */
export function addressOf(busId: string): string | undefined {
  const [, domain = "", rest] =
    /^([0-9a-f]{4,8})(:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])$/.exec(busId.trim().toLowerCase()) ?? [];
  if (rest === undefined) return undefined;
  return Number.parseInt(domain, 16).toString(16).padStart(4, "0") + rest;
}

const fieldsOf = (line: string): string[] => line.split(",").map((field) => field.trim());

/** A clock in MHz; drivers that do not know `nounits` of a field print `1410 MHz`. */
function clockOf(text: string | undefined): number | undefined {
  const [, digits] = /^(\d+)(?: MHz)?$/.exec(text ?? "") ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The card's own words without brackets. */
const wordsOf = (value: string): string => value.replace(/^\[(.*)\]$/, "$1").trim() || "it reports none";
