import type { DomainDocument } from "./document";
import { FIRST_ROOT_PORT_SLOT } from "./pcie0-slots";

/** A slot carries eight functions, a root port each. */
const FUNCTIONS = 8;
/** Buses of pcie.0 itself and of its root ports: 0 to 31. Expander buses come after them. */
export const PCIE0_BUSES = 32;
/** One bus each, besides bus 0. */
export const ROOT_PORTS = PCIE0_BUSES - 1;

/** The guest agent's virtio-serial controller sits behind the first root port. */
const AGENT_PORT = 0;

export type RootPortOwner = { kind: "agent" } | { kind: "disk" | "interface"; name: string };
export interface RootPort {
  /** Undefined for a function 0 that only has to be there because a higher function is (PCI multi-function rule). */
  readonly owner: RootPortOwner | undefined;
  readonly slot: number;
  readonly function: number;
  readonly multifunction: boolean;
}

type Plain = Pick<DomainDocument, "disks" | "interfaces" | "guestAgent">;

/** Root port number of every disk and interface: the one it names, else the lowest free one, in order of names. */
export function assignRootPorts(document: Plain): {
  disks: Record<string, number>;
  interfaces: Record<string, number>;
} {
  const { disks, interfaces } = document;
  const taken = new Set<number>([AGENT_PORT]);
  for (const { rootPort } of [...Object.values(disks), ...Object.values(interfaces)]) {
    if (rootPort !== undefined) taken.add(rootPort);
  }
  let next = 0;
  const assign = (entries: Record<string, { rootPort?: number | undefined }>): Record<string, number> => {
    const ports: Record<string, number> = {};
    for (const name of Object.keys(entries).sort()) {
      const wanted = entries[name]?.rootPort;
      if (wanted === undefined) {
        while (taken.has(next)) next++;
        taken.add(next);
      }
      ports[name] = wanted ?? next;
    }
    return ports;
  };
  return { disks: assign(disks), interfaces: assign(interfaces) };
}

/** All root ports on pcie.0 in slot and function order. */
export function rootPorts(document: Plain): RootPort[] {
  const owners = new Map<number, RootPortOwner>();
  if (document.guestAgent) owners.set(AGENT_PORT, { kind: "agent" });
  const assigned = assignRootPorts(document);
  for (const [name, port] of Object.entries(assigned.disks)) owners.set(port, { kind: "disk", name });
  for (const [name, port] of Object.entries(assigned.interfaces)) owners.set(port, { kind: "interface", name });

  const ports: RootPort[] = [];
  for (const port of [...withFirstFunctions(owners.keys())].sort((a, b) => a - b)) {
    const fn = port % FUNCTIONS;
    const multifunction = fn === 0 && [...owners.keys()].some((other) => other > port && other < port + FUNCTIONS);
    ports.push({
      owner: owners.get(port),
      slot: FIRST_ROOT_PORT_SLOT + Math.floor(port / FUNCTIONS),
      function: fn,
      multifunction,
    });
  }
  return ports;
}

function withFirstFunctions(ports: Iterable<number>): Set<number> {
  const all = new Set<number>();
  for (const port of ports) all.add(port).add(port - (port % FUNCTIONS));
  return all;
}

/** Number of the root port at a slot and function of pcie.0, as `rootPort` counts them. */
export const rootPortNumber = (slot: number, fn: number): number => (slot - FIRST_ROOT_PORT_SLOT) * FUNCTIONS + fn;
