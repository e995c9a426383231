import { type GpuSettings, gpuSettings } from "./settings";

/** What was set of a GPU that its driver cannot tell, and what it does not support. */
export interface RememberedGpu {
  readonly settings: GpuSettings;
  readonly unsupported: Readonly<Record<string, string>>;
}

/** Lines `ADDRESS<TAB>SETTING<TAB>set|unsupported<TAB>TEXT`; of a setting the last line counts. */
export function parseGpuRecord(lines: readonly string[]): Map<string, RememberedGpu> {
  const found = new Map<string, { settings: Record<string, unknown>; unsupported: Record<string, string> }>();
  for (const line of lines) {
    const [address = "", setting = "", kind, ...text] = line.split("\t");
    if (!Object.hasOwn(gpuSettings.shape, setting)) continue;
    const own = found.get(address) ?? { settings: {}, unsupported: {} };
    found.set(address, own);
    delete own.settings[setting];
    delete own.unsupported[setting];
    if (kind === "set") own.settings[setting] = parsedValue(text.join("\t").trim());
    else if (kind === "unsupported") own.unsupported[setting] = text.join("\t").trim();
  }
  return new Map([...found].map(([address, own]) => [address, { ...own, settings: valid(own.settings) }]));
}

function parsedValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** A file that anybody may have written to: what is no setting is not taken for one. */
function valid(settings: Record<string, unknown>): GpuSettings {
  const own = Object.entries(settings).filter(([name, value]) => gpuSettings.safeParse({ [name]: value }).success);
  return Object.fromEntries(own);
}
