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
}

/** What the script READ printed. */
export function parseRead(printed: string): DomainOnHost | undefined {
  const [xml = "", state = "", liveXml, bootId = "", processStat = ""] = printed.split(SEPARATOR);
  if (xml.trim() === "") return undefined;
  const domain = { xml, state: stateOf(state) };
  if (liveXml === undefined) return domain;
  const process = processStat.trim();
  const live = { xml: liveXml, bootId: bootId.trim(), ...(process === "" ? {} : { processStat: process }) };
  return { ...domain, live };
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
