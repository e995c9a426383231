import { nearest } from "../../../core/nearest";
import { type AskedCard, parametersOf } from "../../../core/nic/adapter";
import { nicBootNeed } from "../../../core/nic/boot-need";
import type { CardQuery } from "../../../core/nic/card-query";
import { checkDevice } from "../../../core/nic/check-parameters";
import type { CardAnswer, HostReading } from "../../../core/nic/host-reading";
import { deviceRefusal, functionsOf } from "../../../core/nic/refuse-device";
import { cardName, isSameCard } from "../../../core/nic/same-card";
import { Refusal } from "../../../core/problems";
import { pciAddress } from "../../../core/topology/model";
import type { ResourceContext } from "../../protocol/definition";
import { ReachError } from "../../reach/reach";
import { LOOK_TASK, lookAtAdapter } from "./look";
import type { NicFirmwareInputs, NicFirmwareOutputs } from "./shapes";

/** Which adapter, what is wanted of it, and what is known of it. */
interface Question {
  readonly device: string;
  readonly inputs: NicFirmwareInputs | undefined;
  /** Undefined also where the state, that of a create that failed, holds inputs alone. */
  readonly known: NicFirmwareOutputs | undefined;
  /** Whether the stack has the resource: a create or an import may end at what ails the host, a refresh may not. */
  readonly isInState: boolean;
}

/** Why the outputs are those known last. */
type Unasked = Pick<NicFirmwareOutputs, "heldBy" | "notAsked" | "otherCard">;

/**
 * The adapter as the host shows it; undefined where it was there before and is not any more. One that cannot be asked now,
 * or whose address another card has, is as it was known last.
 * @throws ReachError where the host or its tool gives no answer
 * @throws Refusal where a create or an import names what is no adapter that can be read
 */
export async function observeNicFirmware(
  context: ResourceContext,
  device: string,
  inputs?: NicFirmwareInputs,
  state?: NicFirmwareOutputs,
): Promise<NicFirmwareOutputs | undefined> {
  refuseOtherNames(device);
  const known = state?.running === undefined ? undefined : state;
  const question = { device, inputs, known, isInState: state !== undefined };
  const names = new Set([...Object.keys(inputs?.parameters ?? {}), ...Object.keys(known?.parameters ?? {})]);
  const reading = await lookAtAdapter(context, device, names);
  if (!isThere(question, reading)) return undefined;
  const fail = (why: string): Error => failure(context, question, why);
  if (reading.tool === undefined) {
    throw fail(
      "neither mstconfig nor mlxconfig is on the host; install the package mstflint, or NVIDIA's MFT, and put it on PATH",
    );
  }
  const why = whyNotAsked(question, reading);
  if (why !== undefined) {
    if (known === undefined) throw fail(`${why.notAsked}, and its parameters have never been read`);
    return asKnown(context, known, reading, why, why.notAsked);
  }
  const answer = reading.cards.get(device);
  if (answer?.query === undefined) {
    const words = `${reading.tool} could not read ${device}: ${answer?.error ?? "it was not asked"}`;
    throw new ReachError(context.machine.reach.machine, LOOK_TASK, "refused", words);
  }
  const found = asked(question, reading, answer, answer.query, names);
  if (known === undefined || isSameCard(known, found)) return found;
  const is = `${device} is now a ${cardName(found)}, and was a ${cardName(known)}`;
  const otherCard = `${is}. If the adapter has moved, name the address that it has now; if it was replaced, \`pulumi destroy --target\` of this resource gives it up without a write to the new one, and the next \`pulumi up\` takes that`;
  return asKnown(context, known, reading, { otherCard }, is);
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
function isThere({ device, inputs, isInState }: Question, reading: HostReading): boolean {
  const isDevice = reading.functions.has(device);
  const message = isDevice ? deviceRefusal(reading, device) : `there is no PCI device ${device} on the host`;
  if (message === undefined) return true;
  if (isInState || (inputs === undefined && !isDevice)) return false;
  throw refused(message);
}

/** Why the card was not, or could not be, asked; undefined where it was, with or without an answer. */
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
  if (lockdown === "none" || cards.get(device)?.query !== undefined) return undefined;
  return {
    notAsked: `${tool} cannot open ${device}: the kernel is in lockdown (${lockdown}); turn Secure Boot off, or boot without lockdown=, to read or change its parameters`,
  };
}

/** What was known last. What the last look could not do is told anew, or not any more. */
function asKnown(
  { warn }: ResourceContext,
  known: NicFirmwareOutputs,
  { lockdown }: HostReading,
  why: Unasked,
  because: string,
): NicFirmwareOutputs {
  warn(`${because}; what is shown of it is what was known last`);
  const { heldBy: _heldBy, notAsked: _notAsked, otherCard: _otherCard, ...values } = known;
  return { ...values, ...why, lockdown };
}

function asked(
  { device, inputs }: Question,
  reading: HostReading,
  answer: CardAnswer,
  query: CardQuery,
  names: ReadonlySet<string>,
): NicFirmwareOutputs {
  const { tool = "", toolVersion = "", lockdown } = reading;
  const { serialNumber } = answer;
  const { version, psid } = reading.firmware.get(device) ?? {};
  const card: AskedCard = { query, answer, tool: `${tool} ${toolVersion}`.trim(), firmwareVersion: version };
  const found = parametersOf(card, names, inputs?.parameters ?? {}, nearest);
  const { deviceType, partNumber, description } = query;
  return {
    device,
    ...found,
    deviceType,
    partNumber,
    description,
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(version === undefined ? {} : { firmwareVersion: version }),
    ...(psid === undefined ? {} : { psid }),
    tool,
    toolVersion,
    functions: functionsOf(reading, device),
    lockdown,
    bootNeed: nicBootNeed({ ...found, deviceType, target: found.parameters }),
  };
}

/** A wrong input where nothing is in the state; else the machine's, which must not end the refresh of all others. */
function failure({ machine }: ResourceContext, { isInState }: Question, message: string): Error {
  return isInState ? new ReachError(machine.reach.machine, LOOK_TASK, "refused", message) : refused(message);
}

const refused = (message: string): Refusal => new Refusal([{ path: "device", message }]);
