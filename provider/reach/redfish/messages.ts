import { at, listAt, textAt, textsAt } from "./json";

/** One of the messages that a BMC answers with (DSP0268, Message; DSP0266, "Error responses"). */
export interface Message {
  /** `Base.1.18.PropertyValueNotInList`, `IDRAC.2.8.SYS011`; empty where the BMC gives none. */
  readonly id: string;
  readonly text: string;
  readonly severity: string;
  readonly resolution: string;
  /** JSON pointers of the properties that it is about: `#/Attributes/SriovGlobalEnable`. */
  readonly related: readonly string[];
  readonly args: readonly string[];
}

/** The messages of an answer's body: those of an error, or those beside what was asked for. */
export function messagesOf(body: unknown): Message[] {
  const error = at(body, "error");
  const extended = [...infos(error), ...infos(body)];
  if (extended.length > 0) return extended;
  const text = textAt(error, "message");
  return text === undefined ? [] : [messageOf({ MessageId: textAt(error, "code"), Message: text })];
}

const infos = (document: unknown): Message[] => listAt(document, "@Message.ExtendedInfo").map(messageOf);

export function messageOf(entry: unknown): Message {
  return {
    id: textAt(entry, "MessageId") ?? "",
    text: textAt(entry, "Message") ?? "",
    severity: textAt(entry, "MessageSeverity") ?? textAt(entry, "Severity") ?? "",
    resolution: textAt(entry, "Resolution") ?? "",
    related: textsAt(entry, "RelatedProperties"),
    args: listAt(entry, "MessageArgs").map(String),
  };
}

/** Whether the message has that key, in whatever version of whatever registry. */
export function hasKey(message: Message, ...keys: readonly string[]): boolean {
  return keys.includes(message.id.split(".").at(-1) ?? "");
}

/** Too many sessions: the key of DMTF's Base registry, and Dell's ("maximum number of user sessions is reached"). */
export const saysNoSessionFree = (messages: readonly Message[]): boolean =>
  messages.some((message) => hasKey(message, "SessionLimitExceeded", "RAC0218"));

/** BIOS attributes that a message names: by its pointers, or else by arguments that are names of attributes. */
export function attributesIn({ related, args }: Message, names: ReadonlySet<string>): string[] {
  const pointed = related.flatMap((pointer) => {
    // Vendors write #/Attributes/X, /Attributes/X and Attributes/X.
    const [, name] = /(?:^|[#/])Attributes\/([^/]+)/.exec(pointer) ?? [];
    return name === undefined ? [] : [name.replaceAll("~1", "/").replaceAll("~0", "~")];
  });
  return [...new Set(pointed.length > 0 ? pointed : args.filter((arg) => names.has(arg)))];
}

/** The longest quotation: a BMC may answer with anything. */
const LONGEST = 500;

const clipped = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Messages in the BMC's own words, for an error: texts with ids and attributes, then what the BMC advises. */
export function wordsOf(messages: readonly Message[], names: ReadonlySet<string> = new Set()): string {
  const words = messages.slice(0, 5).map((message) => {
    const attributes = attributesIn(message, names).filter((name) => !message.text.includes(name));
    const about = attributes.length > 0 ? ` (${attributes.join(", ")})` : "";
    const id = message.id && message.text ? ` [${message.id}]` : message.id;
    const advice = message.resolution && !/^none\.?$/i.test(message.resolution) ? ` ${message.resolution}` : "";
    return `${clipped(message.text)}${about}${clipped(id)}${clipped(advice)}`;
  });
  return [...new Set(words)].join("; ");
}
