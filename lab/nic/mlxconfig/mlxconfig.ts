import type { CardFirmware, Settings } from "../card";
import type { CardAccess, OpenCard } from "../card-access";
import { parseValue } from "../parameter-value";
import type { Terminal } from "../terminal";
import { type MlxconfigArguments, parseArguments } from "./arguments";
import { configurationsText } from "./configurations-text";
import { confirm } from "./confirm";
import { helpText } from "./help-text";
import { deviceJson, jsonText } from "./json-text";
import { settingsWith } from "./new-settings";
import { backup, getRaw, setRaw } from "./raw-commands";
import { allRows, namedRow, referenceTo } from "./rows";
import { STATUS, ToolError } from "./status";
import { headerText, legendText, openingText, type QueryRow, rowText } from "./table-text";
import type { ToolVersion } from "./tool-version";

/** What a run of mstconfig (or mlxconfig) has at hand. */
export interface MlxconfigRun {
  readonly terminal: Terminal;
  readonly cards: CardAccess;
  readonly version: ToolVersion;
}

/** mstflint's mlxconfig, from its arguments to its exit status (mlxconfig/mlxcfg_ui.cpp, execute). */
export function mlxconfig(run: MlxconfigRun, argv: readonly string[]): number {
  const { terminal, version } = run;
  let parsed: MlxconfigArguments | "help" | "version";
  try {
    parsed = parseArguments(argv, version);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    terminal.print(`-E- ${error.message}\n${helpText(version)}`);
    return STATUS.error;
  }
  if (parsed === "help") {
    terminal.print(helpText(version));
    return STATUS.ok;
  }
  if (parsed === "version") {
    terminal.print(`mstconfig, mstflint ${version.release}, Git SHA Hash: N/A\n`);
    return STATUS.ok;
  }
  try {
    return execute(run, parsed);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    terminal.print(`-E- ${error.message}\n`);
    return STATUS.error;
  }
}

function execute(run: MlxconfigRun, parsed: MlxconfigArguments): number {
  const { terminal } = run;
  const { device = "", file = "" } = parsed;
  switch (parsed.command) {
    case "query":
      return query(run, parsed);
    case "set":
      return set(run, parsed);
    case "reset":
      return reset(run, parsed);
    case "backup":
      return backup(terminal, open(run, device), file);
    case "set_raw":
      return setRaw(terminal, open(run, device), parsed);
    case "get_raw":
      return getRaw(terminal, open(run, device), file);
    case "show_confs":
      terminal.print(configurationsText(open(run, device).firmware, device));
      return STATUS.ok;
    case "clear_semaphore":
      terminal.print("-W- Forcefully clearing device Semaphore...\n");
      open(run, device);
      terminal.print(" Done!\n");
      return STATUS.ok;
  }
}

function query(run: MlxconfigRun, parsed: MlxconfigArguments): number {
  const { terminal } = run;
  const devices = parsed.device === undefined ? listed(run) : [parsed.device];
  const inJson: Record<string, ReturnType<typeof deviceJson>> = {};
  let failed = false;
  devices.forEach((device, index) => {
    try {
      const { firmware } = open(run, device);
      if (parsed.json === undefined) showTable(run, parsed, firmware, device, index + 1);
      else {
        terminal.print("\n");
        inJson[`Device #${index + 1}`] = deviceJson(firmware.profile, device, queriedRows(run, parsed, firmware));
      }
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      terminal.print(`-E- ${error.message}\n`);
      failed = true;
    }
  });
  if (parsed.json !== undefined) {
    const end = failed ? "but one or more devices had an error." : "successfully";
    terminal.print(`Query output saved to ${parsed.json} ${end}\n`);
    const stderr = `Failed to open "${parsed.json}". Reason: {reason}\n`;
    terminal.writeFile(parsed.json, jsonText(inJson), { stdout: "", stderr, status: STATUS.error });
  }
  return failed ? STATUS.error : STATUS.ok;
}

function queriedRows({ version }: MlxconfigRun, parsed: MlxconfigArguments, card: CardFirmware): QueryRow[] {
  if (parsed.parameters.length === 0) return allRows(card, parsed.verbose, version);
  const references = parsed.parameters.map(({ name }) => referenceTo(card, name, version));
  return references.map((reference) => namedRow(card, reference, parsed.verbose, version, false));
}

function showTable(run: MlxconfigRun, parsed: MlxconfigArguments, card: CardFirmware, device: string, index: number) {
  const { terminal, version } = run;
  terminal.print(openingText(card.profile, device, index, version) + headerText(parsed.verbose, false, version));
  const rows = queriedRows(run, parsed, card);
  terminal.print(rows.map((row) => rowText(row, version)).join("") + legendText(rows));
}

function set(run: MlxconfigRun, parsed: MlxconfigArguments): number {
  const { terminal, version } = run;
  const { device = "", verbose } = parsed;
  const card = open(run, device);
  const { firmware } = card;
  terminal.print(openingText(firmware.profile, device, 1, version) + headerText(verbose, true, version));
  const assignments = parsed.parameters.map(({ name, value }) => {
    const reference = referenceTo(firmware, name, version);
    return { reference, value, view: refusing(() => parseValue(reference.parameter, value)) };
  });
  const rows = assignments.map(
    ({ reference, view }): QueryRow => ({ ...namedRow(firmware, reference, verbose, version, true), new: view }),
  );
  terminal.print(rows.map((row) => rowText(row, version)).join("") + legendText(rows));
  if (parsed.force) {
    terminal.print(
      "\n-W- Force flag specified, the validity of the Parameters will not be checked !\n" +
        "-W- Incorrect configuration might yield unexpected results. running in this mode is not recommended.",
    );
  }
  if (!confirm(terminal, "Apply new Configuration?", parsed.yes)) return STATUS.aborted;
  terminal.print("Applying... ");
  let settings: Settings;
  try {
    settings = settingsWith(firmware, assignments, !parsed.force);
  } catch (error) {
    terminal.print("Failed!\n");
    throw error;
  }
  card.store(settings);
  const how = firmware.profile.reset.loadedByWarmBoot ? "reboot" : "power cycle";
  terminal.print(`Done!\n-I- Please ${how} machine to load new configurations.\n`);
  return STATUS.ok;
}

function reset(run: MlxconfigRun, parsed: MlxconfigArguments): number {
  const { terminal } = run;
  const devices = parsed.device === undefined ? listed(run) : [parsed.device];
  const what = parsed.device === undefined ? "all devices" : `device ${parsed.device}`;
  if (!confirm(terminal, `Reset configuration for ${what}?`, parsed.yes)) return STATUS.aborted;
  terminal.print("Applying... ");
  const names = parsed.parameters.map(({ name }) => name);
  try {
    for (const device of devices) {
      const card = open(run, device);
      card.store(settingsWithout(card.firmware, names));
    }
  } catch (error) {
    terminal.print("Failed!\n");
    throw error;
  }
  terminal.print("Done!\n-I- Please reboot machine to load new configurations.\n");
  return STATUS.ok;
}

/** mlxcfg_generic_commander.cpp, invalidateCfg: a configuration by its title, or by its TLV's name with its port. */
function settingsWithout(card: CardFirmware, names: readonly string[]): Settings {
  if (names.length === 0) return {};
  const removed = names.flatMap((name) => {
    const found = card.instances.filter(({ tlv, port, module }) => {
      const suffix = port > 0 ? `_P${port}` : module >= 0 ? `_M${module}` : "";
      return tlv.mlxconfigName === name || `${tlv.name}${suffix}`.toUpperCase() === name.toUpperCase();
    });
    if (found.length === 0) throw new ToolError(`The configuration ${name} was not found`);
    return found.map(({ key }) => key);
  });
  return Object.fromEntries(Object.entries(card.state.stored).filter(([key]) => !removed.includes(key)));
}

function open({ cards }: MlxconfigRun, device: string): OpenCard {
  return refusing(() => cards.open(device));
}

function listed({ cards }: MlxconfigRun): string[] {
  const devices = cards.list();
  if (devices.length === 0) throw new ToolError("No devices found.");
  return devices;
}

function refusing<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw new ToolError((error as Error).message);
  }
}
