import { joinPath, type Problem } from "../problems";
import { numberBuses } from "./bus-numbers";
import type { DomainDocument } from "./document";
import { EXPANDER_SLOTS } from "./pcie0-slots";
import { rootPorts } from "./root-ports";

/** Buses of a PCI domain. */
const BUSES = 256;

type Tree = Pick<DomainDocument, "expanderBuses" | "switches" | "devices">;

/** Parents that are not there, ports taken twice, and bus ranges that overlap or end past bus 255. */
export function checkPciTree(document: DomainDocument): Problem[] {
  const tooMany = checkSize(document);
  // The walks below take time and depth by the number of switches.
  if (tooMany) return [tooMany];
  const problems = [...checkExpanderBuses(document), ...checkParents(document), ...checkPorts(document)];
  return problems.length > 0 ? problems : checkBusRanges(document);
}

/** Each switch and each device takes a bus at least. */
function checkSize({ switches, devices }: Tree): Problem | undefined {
  const lists = { switches: Object.keys(switches).length, devices: Object.keys(devices).length };
  const count = lists.switches + lists.devices;
  if (count < BUSES) return undefined;
  const message = `switches and devices take a bus each, but there are ${count} of them and a PCI domain has ${BUSES} buses; use fewer`;
  return { path: lists.switches > lists.devices ? "switches" : "devices", message };
}

function checkExpanderBuses({ expanderBuses, cells }: DomainDocument): Problem[] {
  const problems: Problem[] = [];
  const slots = new Map<number, string>();
  for (const [key, { slot, cell }] of Object.entries(expanderBuses)) {
    const path = joinPath("expanderBuses", key);
    if (cell !== undefined && !(String(cell) in cells)) {
      problems.push({
        path: joinPath(path, "cell"),
        message: `there is no cell ${cell}; name one of the guest's cells`,
      });
    }
    const { first, last } = EXPANDER_SLOTS;
    const other = slots.get(slot);
    if (slot < first || slot > last) {
      problems.push({ path: joinPath(path, "slot"), message: `must be a slot of pcie.0 from ${first} to ${last}` });
    } else if (other !== undefined) {
      problems.push({ path: joinPath(path, "slot"), message: `slot ${slot} is taken by ${other}; use another` });
    } else slots.set(slot, key);
  }
  return problems;
}

function checkParents({ expanderBuses, switches, devices }: Tree): Problem[] {
  const problems: Problem[] = [];
  const missing = (list: string, key: string, parent: string) => {
    const message = `there is no expander bus or switch ${parent}; name one of this domain`;
    problems.push({ path: joinPath(joinPath(list, key), "parent"), message });
  };
  const known = (parent: string) => parent in expanderBuses || parent in switches;
  for (const [key, { parent }] of Object.entries(devices)) if (!known(parent)) missing("devices", key, parent);
  for (const [key, { parent }] of Object.entries(switches)) {
    if (!known(parent)) missing("switches", key, parent);
    else if (isBelowItself(key, switches)) {
      const message = "the switch is below itself; let it hang on an expander bus or on another switch";
      problems.push({ path: joinPath(joinPath("switches", key), "parent"), message });
    }
  }
  return problems;
}

function isBelowItself(key: string, switches: Tree["switches"]): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = key; at !== undefined; at = switches[at]?.parent) {
    if (seen.has(at)) return true;
    seen.add(at);
  }
  return false;
}

function checkPorts({ switches, devices }: Tree): Problem[] {
  const problems: Problem[] = [];
  const taken = new Map<string, string>();
  for (const [list, entries] of Object.entries({ switches, devices })) {
    for (const [key, { parent, port }] of Object.entries(entries)) {
      const place = `${parent} port ${port}`;
      const path = joinPath(joinPath(list, key), "port");
      const other = taken.get(place);
      if (other !== undefined)
        problems.push({ path, message: `port ${port} of ${parent} is taken by ${other}; use another` });
      else taken.set(place, key);
    }
  }
  return problems;
}

/** Buses of pcie.0 come first, then those of each expander bus; all must be apart and end by 255. */
function checkBusRanges(document: DomainDocument): Problem[] {
  const problems: Problem[] = [];
  const { lastBus } = numberBuses(document);
  const buses = Object.entries(document.expanderBuses).sort(([, a], [, b]) => a.busNr - b.busNr);
  let taken = { last: rootPorts(document).length, by: "pcie.0 with its root ports" };
  for (const [key, { busNr }] of buses) {
    const path = joinPath(joinPath("expanderBuses", key), "busNr");
    const last = lastBus.get(key) ?? busNr;
    if (busNr <= taken.last) {
      problems.push({
        path,
        message: `bus ${busNr} is taken by ${taken.by} (up to bus ${taken.last}); use a higher one`,
      });
    }
    if (last > 255) {
      problems.push({
        path,
        message: `the buses below it would end at ${last}, but a PCI domain ends at 255; use a lower one`,
      });
    }
    taken = { last, by: key };
  }
  return problems;
}
