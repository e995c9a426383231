import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AdapterIdentity, NicFirmware, type NicFirmwareOptions } from "../../../../lab/nic/nic-firmware";
import { loadParameterTable } from "../../../../lab/nic/parameter-table";
import type { ProgramAnswer, ProgramRequest } from "../../../../lab/nic/terminal";

export const GOLDEN = join(__dirname, "golden");
/** mstflint's whole table, as Debian 12 has it. */
export const table = loadParameterTable(join(GOLDEN, "parameter-table.json"));

export const CONNECTX7: AdapterIdentity = { id: "cx7", functions: ["0000:19:00.0"], vendor: "15b3", device: "1021" };
export const CONNECTX6DX: AdapterIdentity = {
  id: "cx6dx",
  functions: ["0000:3b:00.0", "0000:3b:00.1"],
  vendor: "15b3",
  device: "101d",
};
export const BLUEFIELD3: AdapterIdentity = { id: "bf3", functions: ["0000:5e:00.0"], vendor: "15b3", device: "a2dc" };

const directories: string[] = [];
process.on("exit", () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Gone when the tests end. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "nic-firmware-"));
  directories.push(directory);
  return directory;
}

export function openFirmware(options: Partial<NicFirmwareOptions> = {}): NicFirmware {
  return NicFirmware.open({
    adapters: [CONNECTX7, CONNECTX6DX, BLUEFIELD3],
    table,
    directory: newDirectory(),
    ...options,
  });
}

/** Runs `mstconfig` (or what the line begins with) as its user would type it. */
export function run(firmware: NicFirmware, line: string, more: Partial<ProgramRequest> = {}): ProgramAnswer {
  const [program, ...argv] = line.split(" ");
  return firmware.run({ program: program as ProgramRequest["program"], argv, ...more });
}

/** Lines of the table of a query: name and values. */
export function values(answer: ProgramAnswer): Record<string, string[]> {
  const lines = answer.stdout.split("\n");
  const rows = lines.slice(lines.findIndex((line) => line.startsWith("Configurations:")) + 1);
  return Object.fromEntries(
    rows
      .map((line) => line.slice(7).trim().split(/\s+/))
      .filter(([name, ...cells]) => /^[A-Z0-9_x]+(\[\d+\])?$/.test(name ?? "") && cells.length > 0)
      .map(([name, ...cells]) => [name as string, cells]),
  );
}

/** The value that a parameter has at the next boot, as `query` prints it. */
export function next(firmware: NicFirmware, device: string, name: string): string | undefined {
  return values(run(firmware, `mstconfig -d ${device} q ${name}`))[name]?.[0];
}
