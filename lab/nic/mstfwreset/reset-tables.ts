import type { AdapterProfile } from "../adapters/profile";

/** mstflint, small_utils/mlxfwresetlib/cmd_reg_mfrl.py, reset_levels_db. */
export const LEVELS = [
  { level: 0, text: 'Driver, PCI link, network link will remain up ("live-Patch")', takesType: false, byDefault: true },
  { level: 1, text: 'Only ARM side will not remain up ("Immediate reset").', takesType: true, byDefault: false },
  { level: 3, text: "Driver restart and PCI reset", takesType: true, byDefault: true },
  { level: 4, text: "Warm Reboot", takesType: true, byDefault: true },
] as const;
export const LEVEL = { arm: 1, pci: 3, reboot: 4 } as const;

/** The same file, reset_types_db. */
export const TYPES = [
  { type: 0, text: "Full chip reset" },
  { type: 1, text: "Phy-less reset (keep network port active during reset)" },
  { type: 2, text: "NIC only reset (for SoC devices)" },
  { type: 3, text: "ARM only reset" },
  { type: 4, text: "ARM OS shut down" },
] as const;
const TYPE_OF_ARM = [3, 4];

/** cmd_reg_mroq.py, pci_sync_db and pci_reset_method_db. */
const SYNCS = [
  { sync: 0, text: "Tool is the owner" },
  { sync: 1, text: "NIC Driver is the owner" },
  { sync: 2, text: "FW is the owner" },
] as const;
const METHODS = [
  { method: 0, text: "Link Disable method" },
  { method: 1, text: "Hot reset (SBR)" },
] as const;

export function defaultLevel({ reset }: AdapterProfile): number {
  return LEVELS.find(({ level, byDefault }) => byDefault && reset.levels.includes(level))?.level ?? LEVEL.reboot;
}

/** The NIC alone where the card has a computer of its own, else the whole chip (default_reset_type). */
export function defaultType({ reset }: AdapterProfile): number {
  return reset.types.includes(2) ? 2 : 0;
}

export function levelText(level: number): string {
  return LEVELS.find((known) => known.level === level)?.text ?? "";
}

export function isTypeOfArm(type: number): boolean {
  return TYPE_OF_ARM.includes(type);
}

/** What `mstfwreset query` prints: query_text, print_query_text and, without register MROQ, reset_sync_query_text. */
export function queryText(profile: AdapterProfile): string {
  const { levels, types, syncs } = profile.reset;
  const line = (number: number, text: string, supported: boolean, isDefault: boolean): string =>
    `${number}: ${text.padEnd(62)}-${(supported ? "Supported" : "Not Supported").padEnd(14)}${isDefault ? "(default)" : ""}\n`;
  const levelLines = LEVELS.map(({ level, text }) =>
    line(level, text, levels.includes(level), level === defaultLevel(profile)),
  );
  const typeLines = TYPES.map(({ type, text }) =>
    line(type, text, types.includes(type), type === defaultType(profile)),
  );
  const registers =
    `Reset-levels:\n${levelLines.join("")}\n` +
    `Reset-types (relevant only for reset-levels 1,3,4):\n${typeLines.join("")}\n`;
  if (syncs === undefined) {
    const tool = !profile.reset.smartNic;
    const owner = (number: number, text: string, supported: boolean, isDefault: boolean): string =>
      line(number, text, supported, isDefault).replace("Not Supported", "Not supported");
    return (
      `\n${registers}Reset-sync (relevant only for reset-level 3):\n` +
      `${owner(0, "Tool is the owner", tool, tool)}${owner(1, "Driver is the owner", false, !tool)}\n`
    );
  }
  const syncLines = SYNCS.map(({ sync, text }) => line(sync, text, syncs.includes(sync), sync === syncs[0]));
  const methodLines = METHODS.map(({ method, text }) => line(method, text, method === 0, method === 0));
  return (
    `\nThe following query is relevant only for reset-type ${defaultType(profile)}:\n\n${registers}` +
    `Reset sync (relevant only for reset-level 3):\n${syncLines.join("")}\n` +
    `Reset request method (relevant only for reset-level 3):\n${methodLines.join("")}\n`
  );
}
