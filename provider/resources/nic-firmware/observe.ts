import { type AskedCard, parametersOf } from "../../../core/nic/adapter";
import { nicBootNeed } from "../../../core/nic/boot-need";
import { checkDevice } from "../../../core/nic/check-parameters";
import type { HostReading } from "../../../core/nic/host-reading";
import { deviceRefusal, functionsOf } from "../../../core/nic/refuse-device";
import { Refusal } from "../../../core/problems";
import { pciAddress } from "../../../core/topology/model";
import type { ResourceContext } from "../../protocol/definition";
import { nearest } from "../../protocol/nearest";
import { lookAtAdapter } from "./look";
import type { NicFirmwareInputs, NicFirmwareOutputs } from "./shapes";

/** Which adapter, what is wanted of it, and what is known of it. */
interface Question {
  readonly device: string;
  readonly inputs: NicFirmwareInputs | undefined;
  readonly known: NicFirmwareOutputs | undefined;
}

/** The adapter as the host shows it; undefined where it was there before and is not any more. */
export async function observeNicFirmware(
  context: ResourceContext,
  device: string,
  inputs?: NicFirmwareInputs,
  state?: NicFirmwareOutputs,
): Promise<NicFirmwareOutputs | undefined> {
  refuseOtherNames(device);
  // The state of a create that failed holds inputs alone.
  const known = state?.running === undefined ? undefined : state;
  const question = { device, inputs, known };
  const names = new Set([...Object.keys(inputs?.parameters ?? {}), ...Object.keys(known?.parameters ?? {})]);
  const reading = await lookAtAdapter(context, device, names);
  if (!isThere(question, reading)) return undefined;
  const { tool } = reading;
  if (tool === undefined) {
    const message =
      "neither mstconfig nor mlxconfig is on the host; install the package mstflint, or NVIDIA's MFT, and put it on PATH";
    throw refused(message);
  }
  const why = whyNotAsked(question, reading);
  if (why === undefined) return asked(question, reading, names);
  if (known === undefined) {
    throw refused(`${why.notAsked}, and its parameters have never been read`);
  }
  context.warn(`${why.notAsked}; what is shown of it is what was known last`);
  return { ...known, ...why, lockdown: reading.lockdown };
}

/** An imported id has been checked by nobody: its name comes into a script. */
function refuseOtherNames(device: string): void {
  if (!pciAddress.safeParse(device).success) {
    throw refused(`"${device}" is no PCI address; an adapter is named like 0000:19:00.0`);
  }
  const problems = checkDevice(device);
  if (problems.length > 0) throw new Refusal(problems);
}

/**
 * Whether the adapter is there. What was known and is gone was taken out, also where another device has its address.
 * @throws Refusal where it never was
 */
function isThere({ device, inputs, known }: Question, reading: HostReading): boolean {
  const isDevice = reading.functions.has(device);
  const message = isDevice ? deviceRefusal(reading, device) : `there is no PCI device ${device} on the host`;
  if (message === undefined) return true;
  if (known !== undefined || (inputs === undefined && !isDevice)) return false;
  throw refused(message);
}

/** Why the card was not, or could not be, asked; undefined where it was. */
function whyNotAsked(
  { device }: Question,
  { holders, lockdown, cards, tool }: HostReading,
): { notAsked: string; heldBy?: string } | undefined {
  const heldBy = holders.get(device);
  if (heldBy !== undefined) {
    return {
      heldBy,
      notAsked: `${device} is held by ${heldBy} and is left alone; shut that down to read or change the adapter's parameters`,
    };
  }
  const answer = cards.get(device);
  if (answer?.query !== undefined) return undefined;
  if (lockdown !== "none") {
    return {
      notAsked: `${tool} cannot open ${device}: the kernel is in lockdown (${lockdown}); turn Secure Boot off, or boot without lockdown=, to read or change its parameters`,
    };
  }
  throw new Error(`${tool} could not read ${device}: ${answer?.error ?? "it was not asked"}`);
}

/** @throws Error never: what could not be read has been told before. */
function asked(
  { device, inputs }: Question,
  reading: HostReading,
  names: ReadonlySet<string>,
): NicFirmwareOutputs | undefined {
  const { tool = "", toolVersion = "", lockdown } = reading;
  const answer = reading.cards.get(device);
  if (answer?.query === undefined) return undefined;
  const { version, psid } = reading.firmware.get(device) ?? {};
  const { query } = answer;
  const card: AskedCard = { query, answer, tool: `${tool} ${toolVersion}`.trim(), firmwareVersion: version };
  const found = parametersOf(card, names, inputs?.parameters ?? {}, nearest);
  const { deviceType, partNumber, description } = query;
  return {
    device,
    ...found,
    deviceType,
    partNumber,
    description,
    ...(version === undefined ? {} : { firmwareVersion: version }),
    ...(psid === undefined ? {} : { psid }),
    tool,
    toolVersion,
    functions: functionsOf(reading, device),
    lockdown,
    bootNeed: nicBootNeed({ ...found, deviceType, target: found.parameters }),
  };
}

const refused = (message: string): Refusal => new Refusal([{ path: "device", message }]);
