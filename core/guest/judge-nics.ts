import { joinPath, type Problem } from "../problems";
import { programRefusals } from "./nic-programs";
import { type JudgedAdapter, nameOf, nicsPath, sourceOf } from "./nic-source";
import { mtuToBe, NIC_SETTINGS, type NicSetting, QOS_DRIVER, QOS_SETTINGS, resolveInterfaces } from "./resolve-nics";
import { largestRing, ringStep } from "./ring-sizes";
import { DISRUPTIVE } from "./route-carrier";
import { entriesOf, fieldOf, selectedAdapters } from "./selection";
import type { NicSettings } from "./settings";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

/** What of the adapters' settings cannot be on this system. */
export function nicRefusals(observed: ObservedTuning, wanted: TuningInputs): Problem[] {
  const interfaces = resolveInterfaces(observed, wanted);
  const selected = selectedAdapters(observed, wanted);
  const refusals = unknownAdapters(observed, wanted);
  for (const [address, settings] of entriesOf(interfaces)) {
    const facts = observed.adapters[address];
    if (facts === undefined) continue;
    const judged: JudgedAdapter = { address, facts, observed, wanted, isSelected: selected.includes(address) };
    const mtu = mtuToBe(fieldOf(settings, "mtu"), observed.interfaces[address]);
    for (const name of NIC_SETTINGS) {
      const value = fieldOf(settings, name);
      const message = value === undefined ? undefined : cannotBe(judged, name, value, mtu);
      if (message !== undefined) refusals.push({ path: sourceOf(judged, name, value), message });
    }
    refusals.push(...routeRefusals(judged, settings));
  }
  return [...refusals, ...programRefusals(observed, wanted, interfaces)];
}

function unknownAdapters({ adapters }: ObservedTuning, { nics, interfaces }: TuningInputs): Problem[] {
  const known = Object.keys(adapters);
  const has = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
  const problem = (path: string, address: string): Problem[] =>
    Object.hasOwn(adapters, address)
      ? []
      : [{ path, message: `there is no network adapter ${address} on this system; ${has}` }];
  return [
    ...(Array.isArray(nics)
      ? nics.flatMap((one, at) => (typeof one === "string" ? problem(joinPath("nics", at), one) : []))
      : []),
    ...entriesOf(interfaces).flatMap(([address]) => problem(joinPath("interfaces", address), address)),
  ];
}

/** Why a value cannot be on an adapter, and what to do. */
function cannotBe(
  judged: JudgedAdapter,
  name: NicSetting,
  value: unknown,
  mtu: number | undefined,
): string | undefined {
  const { address, facts, observed } = judged;
  const adapter = nameOf(address, facts);
  if (name === "maxReadRequest") {
    return facts.noReadRequest === undefined
      ? undefined
      : `${adapter} has no MaxReadReq that can be set: ${facts.noReadRequest}; leave it out`;
  }
  if (facts.interfaces.length === 0) {
    return `${adapter} has no network interface: load its driver, or leave this out`;
  }
  if (QOS_SETTINGS.includes(name)) {
    if (facts.linkLayer === "ethernet" && facts.driver === QOS_DRIVER) return undefined;
    return `${adapter} takes no RoCE QoS, which is for Ethernet interfaces of the driver ${QOS_DRIVER}; leave it out`;
  }
  if (name === "mtu") {
    if (typeof value !== "number" || facts.mtuMax === undefined || value <= facts.mtuMax) return undefined;
    const mode = facts.linkLayer === "infiniband" ? " in the mode that it is in (datagram 4092, connected 65520)" : "";
    return `${adapter} takes an MTU of ${facts.mtuMax} at most${mode}, not ${value}`;
  }
  if (name === "txQueueLength" || observed.missingPrograms.includes("ethtool")) return undefined;
  const ring = name === "rxRing" ? "rxRing" : "txRing";
  const largest = largestRing(facts, ring, mtu);
  if (largest === undefined) return `the driver ${facts.driver ?? ""} of ${adapter} has no ring sizes; leave it out`;
  if (typeof value !== "number") return undefined;
  const step = ringStep(facts, ring, mtu);
  const atMtu = step === 1 ? "" : ` at an MTU of ${mtu}`;
  if (value > largest) {
    return `${adapter} takes ${largest} descriptors at most${atMtu}, not ${value}; name a lower number, or "max"`;
  }
  if (value % step === 0) return undefined;
  return `${adapter} takes multiples of ${step} descriptors${atMtu}, not ${value}; name ${Math.ceil(value / step) * step}, or "max"`;
}

/** Nobody is locked out: what carries the default route or the SSH connection keeps its MTU and its rings. */
function routeRefusals(judged: JudgedAdapter, settings: NicSettings): Problem[] {
  const { address, facts, observed } = judged;
  const now = observed.interfaces[address];
  if (!facts.carriesRoute || now === undefined) return [];
  const differing = DISRUPTIVE.filter((name) => {
    const value: unknown = fieldOf(settings, name);
    return typeof value === "number" && value !== now[name];
  });
  const general = differing.filter((name) => sourceOf(judged, name, undefined) === "nics");
  const own = differing.filter((name) => !general.includes(name));
  const why = `the default route or the SSH connection goes by ${nameOf(address, facts)}`;
  const message = (names: readonly string[]) =>
    `${why}, so its ${names.join(", ")} may not be changed here; change it in the system's own network configuration, then give the value that it has`;
  return [
    ...own.map((name) => ({ path: joinPath(joinPath("interfaces", address), name), message: message([name]) })),
    ...(general.length > 0
      ? [
          {
            path: nicsPath(judged),
            message: `${message(general)} in ${joinPath("interfaces", address)}, or take the adapter out of nics`,
          },
        ]
      : []),
  ];
}
