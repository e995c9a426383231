import type { OpenCard } from "../card-access";
import { backupText, describeRawTlv, packTlv, parseRawFile, type RawTlv, unpackTlv } from "../raw-tlv";
import type { Terminal } from "../terminal";
import type { MlxconfigArguments } from "./arguments";
import { confirm } from "./confirm";
import { STATUS, ToolError } from "./status";

/** mstflint, mlxcfg_ui.cpp, backupCfg: what is stored in the card's flash, as raw TLVs. */
export function backup(terminal: Terminal, card: OpenCard, file: string): number {
  terminal.print("Collecting...\n");
  const stored = card.firmware.instances.filter(({ key }) => key in card.firmware.state.stored);
  if (stored.length === 0) {
    terminal.print(" Failed!\n");
    throw new ToolError("Failed to backup the configurations: NV data area may be empty, nothing to backup.");
  }
  terminal.print("Saving output...\n");
  terminal.writeFile(file, backupText(card.firmware, stored), {
    stdout: `Collecting...\nSaving output...\n-E- Failed to open file: ${file}\n`,
    stderr: "",
    status: STATUS.error,
  });
  terminal.print("Done!\n");
  return STATUS.ok;
}

/** devRawCfg of the same file, to write. */
export function setRaw(terminal: Terminal, card: OpenCard, { file = "", yes }: MlxconfigArguments): number {
  const tlvs = readRawTlvs(terminal, file);
  tlvs.forEach((tlv, index) => {
    describe(terminal, tlv, index, "set_raw");
  });
  const question = "Operation intended for advanced users.\n Are you sure you want to apply raw TLV file?";
  if (!confirm(terminal, question, yes)) return STATUS.aborted;
  terminal.print("Applying... ");
  const settings = tlvs.map((tlv) => {
    const found = unpackTlv(card.firmware, tlv);
    const refusal = found === undefined ? "Bad parameter" : "Method not supported";
    if (found === undefined || found.instance.tlv.capability || card.firmware.isReadOnly(found.instance)) {
      throw new ToolError(`Failed to run set_raw command: Failed to set raw TLV: ${refusal}`);
    }
    return [found.instance.key, found.values] as const;
  });
  card.store({ ...card.firmware.state.stored, ...Object.fromEntries(settings) });
  terminal.print("Done!\n-I- Please reboot machine to load new configurations.\n");
  return STATUS.ok;
}

/** devRawCfg of the same file, to read. */
export function getRaw(terminal: Terminal, card: OpenCard, file: string): number {
  readRawTlvs(terminal, file).forEach((tlv, index) => {
    const found = unpackTlv(card.firmware, tlv);
    if (found === undefined) throw new ToolError("Failed to run get_raw command: Failed to set raw TLV: Bad parameter");
    describe(terminal, packTlv(card.firmware, found.instance), index, "get_raw");
  });
  terminal.print("Done!\n");
  return STATUS.ok;
}

function describe(terminal: Terminal, tlv: RawTlv, index: number, command: string): void {
  try {
    terminal.print(`Raw TLV #${index + 1} Info:\n${describeRawTlv(tlv)}\n`);
  } catch (error) {
    throw new ToolError(`Failed to run ${command} command: ${(error as Error).message}`);
  }
}

function readRawTlvs(terminal: Terminal, file: string): RawTlv[] {
  const text = terminal.readFile(file);
  if (text === undefined) throw new ToolError(`Failed to open file: ${file}`);
  try {
    return parseRawFile(text);
  } catch (error) {
    throw new ToolError((error as Error).message);
  }
}
