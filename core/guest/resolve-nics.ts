import { isPlainObject } from "../diff/plain";
import { isProfileNicSetting } from "./profile";
import { largestRing } from "./ring-sizes";
import { entriesOf, fieldOf, selectedAdapters } from "./selection";
import { type AdapterFacts, type NicSettings, nicSettings } from "./settings";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

export type NicSetting = keyof NicSettings;
export const NIC_SETTINGS = Object.keys(nicSettings.shape) as NicSetting[];

export const QOS_SETTINGS: readonly NicSetting[] = ["trust", "pfcPriorities", "dscpPriorities"];
export const isRing = (name: NicSetting): boolean => name === "rxRing" || name === "txRing";

/** S28 and S29: no ring is made longer than this, whatever the adapter reports. */
const LONGEST_RING = 8192;

/** Driver whose QoS mlnx_qos sets. */
export const QOS_DRIVER = "mlx5_core";

/** Entries of `interfaces` for the selected adapters, beside those that the user names. */
export function resolveInterfaces(observed: ObservedTuning, wanted: TuningInputs): Record<string, NicSettings> {
  const selected = selectedAdapters(observed, wanted);
  const named = new Map(entriesOf(wanted.interfaces));
  const resolved = [...new Set([...selected, ...named.keys()])].sort().map((address) => {
    const [own, facts] = [named.get(address), observed.adapters[address]];
    // An entry of an adapter that is not there is refused as it stands, and an unknown one may be anything.
    if (facts === undefined || (own !== undefined && !isPlainObject(own))) return [address, own];
    const general = selected.includes(address) ? wanted.nicSettings : undefined;
    const now = observed.interfaces[address];
    const asked = (name: NicSetting) =>
      fieldOf(own, name) ?? (whyNot(name, facts, wanted) === undefined ? fieldOf(general, name) : undefined);
    const mtu = mtuToBe(asked("mtu"), now);
    const values = NIC_SETTINGS.flatMap((name) => {
      const value = asked(name);
      // What is named for this adapter is refused where it has no number, and must not vanish before.
      const concrete = inNumbers(name, value, { facts, now, mtu }) ?? fieldOf(own, name);
      return concrete === undefined ? [] : [[name, concrete]];
    });
    return [address, Object.fromEntries(values)];
  });
  return Object.fromEntries(resolved);
}

/**
 * Why a setting of all adapters is left out for one; undefined where it is not. What the user names for a single adapter is
 * never left out.
 */
export function whyNot(name: NicSetting, facts: AdapterFacts, wanted: TuningInputs): string | undefined {
  const value = fieldOf(wanted.nicSettings, name);
  const lacks = lacking(name, facts);
  if (lacks !== undefined || name !== "mtu") return lacks;
  const isTooLarge = typeof value === "number" && facts.mtuMax !== undefined && value > facts.mtuMax;
  return isTooLarge && isProfileNicSetting(wanted.profile, name, value)
    ? `its interface takes an MTU of ${facts.mtuMax} at most`
    : undefined;
}

/** What an adapter lacks for a setting. MTU 9000 is no MTU of IPoIB, whose limits are others. */
function lacking(name: NicSetting, facts: AdapterFacts): string | undefined {
  if (name === "maxReadRequest") return facts.noReadRequest;
  if (facts.interfaces.length === 0) return "it has no network interface";
  switch (name) {
    case "mtu":
      return facts.linkLayer === "ethernet" ? undefined : "it is no Ethernet interface";
    case "rxRing":
    case "txRing":
      return facts[`${name}Max`] === undefined ? "its driver has no ring sizes" : undefined;
    case "trust":
    case "pfcPriorities":
    case "dscpPriorities":
      if (facts.linkLayer !== "ethernet") return "RoCE QoS is for Ethernet interfaces";
      return facts.driver === QOS_DRIVER ? undefined : `RoCE QoS is for adapters of the driver ${QOS_DRIVER}`;
    case "txQueueLength":
      return undefined;
  }
}

/** The MTU that an adapter's rings are for. */
export const mtuToBe = (wanted: unknown, now: NicSettings | undefined): number | undefined =>
  typeof wanted === "number" ? wanted : now?.mtu;

interface Adapter {
  readonly facts: AdapterFacts;
  readonly now: NicSettings | undefined;
  readonly mtu: number | undefined;
}

/**
 * A setting with the adapter's own number for max; undefined where it has none. Priorities of those DSCPs that nobody names
 * are left as they are.
 */
function inNumbers(name: NicSetting, value: unknown, { facts, now, mtu }: Adapter): unknown {
  if (name === "dscpPriorities" && isPlainObject(value)) return { ...now?.dscpPriorities, ...value };
  if (value !== "max" || (name !== "rxRing" && name !== "txRing")) return value;
  const largest = largestRing(facts, name, mtu);
  return largest === undefined ? undefined : Math.min(LONGEST_RING, largest);
}
