import { nameOf } from "./nic-source";
import { isProfileNicSetting } from "./profile";
import { isRing, NIC_SETTINGS, type NicSetting, resolveInterfaces, whyNot } from "./resolve-nics";
import { entriesOf, fieldOf, RDMA_MAKERS, rdmaAdapters, selectedAdapters } from "./selection";
import type { AdapterFacts, NicSettings } from "./settings";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

/** What of the adapters' settings is left out, or done to no adapter. */
export function nicWarnings(observed: ObservedTuning, wanted: TuningInputs): string[] {
  const selected = selectedAdapters(observed, wanted);
  return [
    ...(wanted.nics === "rdma" ? selectionWarnings(observed, selected) : []),
    ...selected.flatMap((address) => omissions(observed, wanted, address)),
    ...entriesOf(resolveInterfaces(observed, wanted)).flatMap(([address, own]) => bondWarning(observed, address, own)),
  ];
}

/** A bond keeps its own MTU, and gives it to its ports whenever it is set (linux drivers/net/bonding, bond_change_mtu). */
function bondWarning({ adapters }: ObservedTuning, address: string, own: NicSettings): string[] {
  const facts = adapters[address];
  const mtu = fieldOf(own, "mtu");
  if (facts?.bond === undefined || typeof mtu !== "number" || mtu === facts.bondMtu) return [];
  return [
    `${nameOf(address, facts)} is a port of ${facts.bond}: set the MTU ${mtu} of ${facts.bond} too, in the system's own network configuration; until then packets keep to that of the bond${facts.bondMtu === undefined ? "" : `, ${facts.bondMtu}`}`,
  ];
}

function selectionWarnings({ adapters }: ObservedTuning, selected: readonly string[]): string[] {
  const skipped = rdmaAdapters(adapters).filter((address) => !selected.includes(address));
  const leftAlone = skipped.map(
    (address) =>
      `${nameOf(address, adapters[address])} is left as it is: the default route or the SSH connection goes by it. To tune it, name it in nics`,
  );
  const silent = selected.filter((address) => adapters[address]?.rdmaDevices.length === 0);
  const withoutDevice = silent.map(
    (address) =>
      `${nameOf(address, adapters[address])} is tuned although it has no RDMA device now: its kernel driver ${adapters[address]?.driver} makes one where the RDMA driver is there. Load that (modprobe ${RDMA_MAKERS[adapters[address]?.driver ?? ""]}), or name adapters in nics`,
  );
  if (selected.length > 0) return [...leftAlone, ...withoutDevice];
  const none = `no network adapter is tuned: none${skipped.length > 0 ? " that is free" : ""} has an RDMA device. Load the adapters' RDMA driver (such as mlx5_ib), name adapters in nics, or set nics to "none"`;
  return [...leftAlone, none];
}

function omissions(observed: ObservedTuning, wanted: TuningInputs, address: string): string[] {
  const facts = observed.adapters[address];
  if (facts === undefined) return [];
  const own = entriesOf(wanted.interfaces).find(([name]) => name === address)?.[1];
  const omitted = NIC_SETTINGS.flatMap((name) => {
    const isGeneral = fieldOf(wanted.nicSettings, name) !== undefined && fieldOf(own, name) === undefined;
    const reason = isGeneral ? whyNot(name, facts, wanted) : undefined;
    if (reason === undefined || isMeantForOthers(name, facts, wanted)) return [];
    return needsEthtool(name, facts, observed) ? [] : [`${name} (${reason})`];
  });
  return omitted.length === 0 ? [] : [`${nameOf(address, facts)}: left out are ${omitted.join(", ")}`];
}

/** The profile's MTU is for Ethernet alone: InfiniBand ports that do without lack nothing. */
const isMeantForOthers = (name: NicSetting, facts: AdapterFacts, wanted: TuningInputs): boolean =>
  name === "mtu" &&
  facts.linkLayer === "infiniband" &&
  isProfileNicSetting(wanted.profile, name, fieldOf(wanted.nicSettings, name));

/** Without ethtool nobody knows whether there are rings; that it is missing is refused. */
const needsEthtool = (name: NicSetting, facts: AdapterFacts, { missingPrograms }: ObservedTuning): boolean =>
  isRing(name) && facts.interfaces.length > 0 && missingPrograms.includes("ethtool");
