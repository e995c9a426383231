import { type Reference, type References, type Resolved, referenceKey } from "../../core/domain/references";
import { SEPARATOR } from "./scripts";

export type DomainState = "running" | "paused" | "shut off";

/** A domain that runs. */
export interface LiveDomain {
  /** Definition of the running guest, as `virsh dumpxml` prints it. */
  readonly xml: string;
  /** The host's boot id. */
  readonly bootId: string;
  /** /proc/PID/stat of its QEMU process; absent where the pid is not known: another libvirt than the system's. */
  readonly processStat?: string | undefined;
}

/** What libvirt holds of a domain. */
export interface DomainOnHost {
  /** Persistent definition, as `virsh dumpxml --inactive` prints it. */
  readonly xml: string;
  readonly state: DomainState;
  readonly live?: LiveDomain | undefined;
  /** What the ids stand for that were asked about. */
  readonly references?: References | undefined;
}

/** What the script `read` printed. */
export function parseRead(printed: string, asked: readonly Reference[]): DomainOnHost | undefined {
  const parts = printed.split(SEPARATOR);
  const [xml = "", state = "", liveXml, bootId = "", processStat = ""] = parts.slice(asked.length * PARTS);
  if (xml.trim() === "") return undefined;
  const domain = { xml, state: stateOf(state), references: parseLookUp(printed, asked) };
  if (liveXml === undefined) return domain;
  const process = processStat.trim();
  const live = { xml: liveXml, bootId: bootId.trim(), ...(process === "" ? {} : { processStat: process }) };
  return { ...domain, live };
}

/** Parts that each reference has in what a script prints. */
const PARTS = 3;

/** What the script `lookUp` printed, or one that began with it. */
export function parseLookUp(printed: string, asked: readonly Reference[]): References {
  const parts = printed.split(SEPARATOR);
  return new Map(
    asked.map((reference, at) => [referenceKey(reference), resolvedOf(reference, parts.slice(at * PARTS))]),
  );
}

function resolvedOf({ kind }: Reference, [state, pool = "", text = ""]: readonly string[]): Resolved {
  if (state?.trim() !== "found") return { kind: "missing", reason: reasonOf(text) };
  return kind === "network" ? { kind, network: text } : { kind, pool, volume: text };
}

/** virsh prints `error: WHAT` and `error: WHY`; the last line is the reason. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(/^error: /, "").trim());
  return lines.filter((line) => line !== "").join(": ") || "nothing";
}

/** What the script STATE printed. */
export const parseState = (printed: string): DomainState | undefined =>
  printed.trim() === "" ? undefined : stateOf(printed);

/**
 * libvirt's states (virDomainState) by what can be done: what has a process is not off. One that is about to end still
 * has, and one that crashed or sleeps can only be powered off, as a paused one.
 */
const STATES: Readonly<Record<string, DomainState>> = {
  running: "running",
  idle: "running",
  "in shutdown": "running",
  paused: "paused",
  pmsuspended: "paused",
  crashed: "paused",
};

const stateOf = (printed: string): DomainState => STATES[printed.trim()] ?? "shut off";
