import { type IntentKind, NODES_PER_SOCKET, READ_REQUEST_BYTES } from "./intents";

/** What a value sets: on or off, bytes, nodes. */
export type Meaning = boolean | number;

const ON = new Set(["enabled", "enable", "on", "yes", "true", "1"]);
const OFF = new Set(["disabled", "disable", "off", "no", "false", "0"]);
const COUNTS: Readonly<Record<string, number>> = { one: 1, two: 2, four: 4 };

/**
 * What the text of a value says, where it says it by itself: "Enabled", "4096 Bytes", "Max4096", "4 KB", "NPS2", "SNC4",
 * "TwoMemoryDomainsPerSocket". Undefined for "Auto" and the like.
 */
export function meaningOf(kind: IntentKind, text: string): Meaning | undefined {
  const said = text.trim().toLowerCase();
  if (kind === "switch") return ON.has(said) ? true : OFF.has(said) ? false : undefined;
  return kind === "bytes" ? bytesIn(said) : nodesIn(said);
}

function bytesIn(said: string): number | undefined {
  const [, digits, kilo] = /^(?:max(?:imum)?)?[\s_]*(\d+)[\s_]*(k?)(?:i?b|bytes?)?$/.exec(said) ?? [];
  const bytes = Number(digits) * (kilo ? 1024 : 1);
  return READ_REQUEST_BYTES.find((size) => size === bytes);
}

function nodesIn(said: string): number | undefined {
  const [, word] = /^(one|two|four)(?![a-z]*teen)/.exec(said) ?? [];
  if (word) return COUNTS[word];
  const [, digits] =
    /(?:snc|nps)[\s_-]*(\d+)/.exec(said) ?? /^(\d+)(?:[\s_-]*(?:way|nodes?|clusters?)\b.*)?$/.exec(said) ?? [];
  const nodes = NODES_PER_SOCKET.find((count) => count === Number(digits));
  // Sub-NUMA clustering that is off leaves a socket whole.
  return nodes ?? (/\bdisabled?\b/.test(said) ? 1 : undefined);
}

/** Sub-NUMA clustering that is just "on" cuts a socket in two (Intel, before SNC4 was there to choose). */
export function impliedMeaning(kind: IntentKind, text: string): Meaning | undefined {
  return kind === "nodes" && ["enabled", "enable"].includes(text.trim().toLowerCase()) ? 2 : undefined;
}
