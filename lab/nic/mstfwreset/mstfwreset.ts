import type { CardAccess, OpenCard } from "../card-access";
import type { Terminal } from "../terminal";
import { parseResetArguments, type ResetArguments, UsageError } from "./arguments";
import { defaultLevel, defaultType, isTypeOfArm, LEVEL, LEVELS, levelText, queryText } from "./reset-tables";

const STATUS = { ok: 0, error: 1, usage: 2 } as const;
const USAGE =
  "usage: mstfwreset --device DEVICE [--level {0,1,3,4}] [--type {0,1,2,3,4}]\n" +
  "                  [--method {0,1}] [--sync {0,1,2}] [--yes] [--skip_driver]\n" +
  "                  [--version] [--help]\n" +
  "                  {q,query,r,reset,reset_fsm_register}\n";

/** mstflint's mstfwreset: small_utils/mstfwreset.py, main and reset_flow_host. */
export function mstfwreset(terminal: Terminal, cards: CardAccess, release: string, argv: readonly string[]): number {
  let parsed: ResetArguments | "help" | "version";
  try {
    parsed = parseResetArguments(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.printError(`${USAGE}mstfwreset: error: ${error.message}\n`);
    return STATUS.usage;
  }
  if (parsed === "help") {
    terminal.print(USAGE);
    return STATUS.ok;
  }
  if (parsed === "version") {
    terminal.print(`mstfwreset, mstflint ${release}, Git SHA Hash: N/A\n`);
    return STATUS.ok;
  }
  try {
    const card = opened(cards, parsed.device);
    switch (parsed.command) {
      case "query":
        terminal.print(queryText(card.firmware.profile));
        return STATUS.ok;
      case "reset_fsm_register":
        terminal.print("\n-I- FSM register was reset successfully.\n");
        return STATUS.ok;
      case "reset":
        reset(terminal, card, parsed);
        return STATUS.ok;
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    terminal.print(`-E- ${error.message}.\n`);
    return STATUS.error;
  }
}

/** What the program gives up with; it puts a full stop behind it. */
class Refused extends Error {}

function opened(cards: CardAccess, device: string): OpenCard {
  try {
    return cards.open(device);
  } catch (error) {
    throw new Refused(`Failed to Identify Device: ${device}, ${(error as Error).message}`);
  }
}

function reset(terminal: Terminal, card: OpenCard, parsed: ResetArguments): void {
  const { profile } = card.firmware;
  const level = parsed.level ?? defaultLevel(profile);
  const type = parsed.type ?? defaultType(profile);
  const method = parsed.method ?? 0;
  terminal.print("\n");
  if (level !== LEVEL.pci && parsed.sync !== undefined) {
    terminal.print("-I- reset sync argument is ignored when reset level is not PCI_RESET\n");
  }
  const sync = level === LEVEL.pci ? (parsed.sync ?? profile.reset.syncs?.[0] ?? 0) : 0;
  checkReset(card, { level, type, sync, typeChosen: parsed.type !== undefined });
  terminal.print(`The reset level for device, ${parsed.device} is:\n\n${level}: ${levelText(level)}\n`);
  if (isTypeOfArm(type) && level !== LEVEL.arm) {
    throw new Refused("Reset type 3 and 4 are only valid when reset level is 1");
  }
  if (profile.reset.smartNic && level !== LEVEL.reboot) {
    terminal.print(
      "Please be aware that resetting the Bluefield may take several minutes. " +
        "Exiting the process in the middle of the waiting period will not halt the reset.\n",
    );
    if (type !== 1 && type !== 2) {
      terminal.print(
        type === 3
          ? "The ARM side will be restarted, and it will be unavailable for a while.\n"
          : "The ARM side will shut down.\n",
      );
    }
  }
  if (method === 1) throw new Refused("Reset method 1 is not supported");
  confirm(terminal, parsed.yes);
  terminal.print(`Reset level: ${level}, Reset type: ${type}, Reset sync: ${sync}, Reset method: ${method}\n`);
  execute(terminal, card, level, type);
}

interface ResetChoice {
  readonly level: number;
  readonly type: number;
  readonly sync: number;
  /** Whether the user chose the type. */
  readonly typeChosen: boolean;
}

/** Registers MFRL and MROQ say what a card is able to do; what it is not is refused before anything is asked. */
function checkReset({ firmware }: OpenCard, { level, type, sync, typeChosen }: ResetChoice): void {
  const { levels, types, syncs } = firmware.profile.reset;
  if (!types.includes(type)) {
    throw new Refused(`Reset-type '${type}' is not supported in the current state of this device`);
  }
  if (level === LEVEL.pci && !(syncs ?? [0]).includes(sync)) {
    throw new Refused(
      syncs === undefined
        ? `sync: ${sync} is not supported. Check query for more info`
        : `Requested reset sync '${sync}' is not supported`,
    );
  }
  if (!levels.includes(level)) {
    throw new Refused(`Reset-level '${level}' is not supported in the current state of this device`);
  }
  if (typeChosen && type !== 0 && !LEVELS.some((known) => known.level === level && known.takesType)) {
    throw new Refused(`Reset-level '${level}' is not supported with reset-type '${type}'`);
  }
}

function confirm(terminal: Terminal, yes: boolean): void {
  const question = "Continue with reset?[y/N] ";
  if (yes) terminal.print(`${question}y\n`);
  else if (!["y", "yes"].includes(terminal.ask(question).toLowerCase())) throw new Refused("Aborted by user");
}

/** execResLvl, resetFlow, arm_reset and rebootMachine; there is no driver to stop on a stand-in. */
function execute(terminal: Terminal, card: OpenCard, level: number, type: number): void {
  const step = (text: string): void => terminal.print(`-I- ${text.padEnd(40)}-Done\n`);
  if (level === LEVEL.arm) {
    if (!isTypeOfArm(type)) {
      throw new Refused(
        "Only the reset types ARM reset (3) and ARM shut down (4) are considered valid reset types " +
          "with reset level IMMEDIATE RESET (1)",
      );
    }
    terminal.print("Embedded CPU reset/shutdown operation completed\n");
    return;
  }
  step("Sending Reset Command To Fw");
  if (level === LEVEL.reboot) {
    step("Sending reboot command to machine");
    terminal.rebootAtTheEnd();
  } else {
    card.resetFirmware();
    step("Resetting PCI");
  }
  terminal.print("-I- FW was loaded successfully.\n");
}
