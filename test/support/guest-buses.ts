import type { GuestDomain, XmlController } from "./guest-domain";

/** Bus numbers that firmware gives, by controller index, and what is wrong with the ranges. */
export interface GuestBuses {
  readonly numberOf: Map<number, number>;
  readonly problems: string[];
}

const BRIDGES = [
  "pcie-root-port",
  "pcie-switch-upstream-port",
  "pcie-switch-downstream-port",
  "pcie-to-pci-bridge",
  "dmi-to-pci-bridge",
  "pci-bridge",
];

/**
 * Numbers the buses as firmware does: from each root bus (0 for pcie.0, busNr for an expander bus) depth first, the
 * bridges of a bus in slot and function order, each taking the next number for the bus behind it.
 */
export function simulateBuses(domain: GuestDomain): GuestBuses {
  const numberOf = new Map<number, number>();
  const problems: string[] = [];
  const below = new Map<number, XmlController[]>();
  for (const controller of domain.controllers) {
    if (!controller.at || !BRIDGES.includes(controller.model)) continue;
    below.set(controller.at.bus, [...(below.get(controller.at.bus) ?? []), controller]);
  }
  const count = (index: number, first: number): number => {
    let last = first;
    if (numberOf.has(index)) return last;
    numberOf.set(index, first);
    const bridges = (below.get(index) ?? []).sort((a, b) => devfn(a) - devfn(b));
    for (const bridge of bridges) last = count(bridge.index, last + 1);
    return last;
  };
  const ranges: { name: string; first: number; last: number }[] = [];
  for (const controller of domain.controllers) {
    if (controller.model === "pcie-root") ranges.push({ name: "pcie.0", first: 0, last: count(controller.index, 0) });
    if (controller.model !== "pcie-expander-bus") continue;
    const name = `expander bus ${controller.index}`;
    const first = controller.busNr;
    if (first === undefined || first < 1 || first > 254) {
      problems.push(`${name}: busNr ${first} is outside 1-254`);
      continue;
    }
    ranges.push({ name, first, last: count(controller.index, first) });
  }
  ranges.sort((a, b) => a.first - b.first);
  ranges.forEach((range, index) => {
    if (range.last > 255) problems.push(`${range.name}: its buses reach ${range.last}, past 255`);
    const next = ranges[index + 1];
    if (next && next.first <= range.last) {
      problems.push(`${range.name} (buses ${range.first}-${range.last}) overlaps ${next.name} (from ${next.first})`);
    }
  });
  return { numberOf, problems };
}

function devfn(controller: XmlController): number {
  return (controller.at?.slot ?? 0) * 8 + (controller.at?.fn ?? 0);
}
