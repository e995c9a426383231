import type { Attributes, BiosReading } from "../../../core/bios/bios-reading";
import { attributesOf, valueIn } from "./attributes";
import type { BmcClient } from "./client";
import type { Answer } from "./exchange";
import { linkAt, listAt, textAt, textsAt } from "./json";
import { attributesIn, type Message, messageOf, wordsOf } from "./messages";
import { pathWithin, samePath } from "./paths";
import type { Work } from "./work";

const SETTINGS = "@Redfish.Settings";
const APPLY_TIME = "@Redfish.SettingsApplyTime";
/** The only apply time that boots nothing (DSP0268, Settings.OperationApplyTime): Immediate restarts some systems. */
export const ON_RESET = "OnReset";

/** Something that is written with a PATCH, as it is now. */
export interface Target {
  readonly path: string;
  /** Settings that it lists. */
  readonly listed: Attributes;
  readonly etag: string | undefined;
  /** Whether a PATCH may, and where the BMC makes a job of it must, say that it is for the next reset. */
  readonly takesOnReset: boolean;
}

/** The Bios resource and its settings object, as one look finds them. */
export interface BiosState {
  readonly bios: Target;
  /** Where settings for the next boot are written; undefined where Bios itself is written. */
  readonly settings: Target | undefined;
  /** Name of the attribute registry. */
  readonly registry: string | undefined;
  readonly failures: BiosReading["failures"];
}

/** Undefined where the BMC has no Bios resource there. */
export async function lookAt(client: BmcClient, work: Work, path: string): Promise<BiosState | undefined> {
  const answer = await client.find(work, path);
  if (!answer) return undefined;
  const { body } = answer;
  const bios: Target = { path, listed: attributesOf(body), etag: etagOf(answer), takesOnReset: false };
  const link = linkAt(body, SETTINGS, "SettingsObject");
  const settings =
    link === undefined || samePath(link, path) ? undefined : await settingsAt(client, work, pathWithin(link), body);
  return { bios, settings, registry: textAt(body, "AttributeRegistry"), failures: failuresIn(body, bios.listed) };
}

async function settingsAt(client: BmcClient, work: Work, path: string, bios: unknown): Promise<Target> {
  // AMI's is not there while nothing is pending, and takes a PATCH all the same.
  const answer = await client.find(work, path);
  const offered = [
    ...textsAt(bios, SETTINGS, "SupportedApplyTimes"),
    ...textsAt(answer?.body, SETTINGS, "SupportedApplyTimes"),
    ...textsAt(answer?.body, APPLY_TIME, "ApplyTime@Redfish.AllowableValues"),
    textAt(answer?.body, APPLY_TIME, "ApplyTime"),
  ];
  return {
    path,
    listed: attributesOf(answer?.body),
    etag: answer && etagOf(answer),
    takesOnReset: offered.includes(ON_RESET),
  };
}

function etagOf({ headers, body }: Answer): string | undefined {
  return headers.etag ?? textAt(body, "@odata.etag");
}

/** What @Redfish.Settings says of the last boot's settings (DSP0268, Settings.Messages), but for what went well. */
function failuresIn(bios: unknown, current: Attributes): BiosReading["failures"] {
  const names = new Set(Object.keys(current));
  return listAt(bios, SETTINGS, "Messages")
    .map(messageOf)
    .filter(isTrouble)
    .map((message) => ({ message: wordsOf([message]), attributes: attributesIn(message, names) }));
}

export const isTrouble = ({ severity }: Message): boolean => severity !== "" && severity !== "OK";

/** Those of the attributes that are neither pending nor in force with their value: what is still to be written. */
export function missingOf({ bios, settings }: BiosState, attributes: Attributes): Attributes {
  const will = { ...bios.listed, ...settings?.listed };
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => valueIn(will, name) !== value));
}

export const isEmpty = (attributes: Attributes): boolean => Object.keys(attributes).length === 0;
