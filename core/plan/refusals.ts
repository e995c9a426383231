import type { HostEndpoint, HostSwitches } from "../layout/host-switches";
import type { Problem } from "../problems";
import type { HostUse } from "../topology/model";

interface Findings {
  readonly problems: Problem[];
  readonly notChecked: string[];
}

const WHY: Record<HostUse, string> = {
  "boot-disk": "the host boots from it",
  "ssh-route": "the host is reached by it",
  "bmc-nic": "the host talks to its BMC by it",
};

/** Devices that must not leave the host, or not without others. */
export function refuseDevices(host: HostSwitches, wanted: readonly HostEndpoint[], findings: Findings): void {
  refuseHostUses(host, wanted, findings);
  refuseBehindConventionalBridge(wanted, findings);
  refuseSplitIommuGroups(host, wanted, findings);
  refusePartOfNvswitches(host, wanted, findings);
}

function refuseHostUses(host: HostSwitches, wanted: readonly HostEndpoint[], { problems, notChecked }: Findings): void {
  for (const { address, device } of wanted) {
    const uses = device.hostUses ?? [];
    if (uses.length === 0) continue;
    const why = uses.map((use) => WHY[use]).join(" and ");
    problems.push({ path: "", message: `${address} cannot be passed through: ${why}; leave it out` });
  }
  const known = [...host.endpoints.values()].some(({ device }) => device.hostUses !== undefined);
  if (!known && wanted.length > 0) {
    notChecked.push("boot disk, SSH route and BMC NIC: the host's facts do not say which devices they are");
  }
}

function refuseBehindConventionalBridge(wanted: readonly HostEndpoint[], { problems }: Findings): void {
  for (const { address, conventionalBridge } of wanted) {
    if (conventionalBridge === undefined) continue;
    const message = `${address} is behind the conventional PCI bridge ${conventionalBridge}, which VFIO cannot isolate; leave it out`;
    problems.push({ path: "", message });
  }
}

function refuseSplitIommuGroups(host: HostSwitches, wanted: readonly HostEndpoint[], findings: Findings): void {
  const members = new Map<number, string[]>();
  for (const { address, device } of host.endpoints.values()) {
    if (device.iommuGroup === undefined) continue;
    const group = members.get(device.iommuGroup);
    if (group) group.push(address);
    else members.set(device.iommuGroup, [address]);
  }
  const taken = new Set(wanted.map(({ address }) => address));
  const groups = new Set(wanted.map(({ device }) => device.iommuGroup));
  for (const group of groups) {
    if (group === undefined) continue;
    const left = (members.get(group) ?? []).filter((address) => !taken.has(address));
    if (left.length === 0) continue;
    const some = (members.get(group) ?? []).filter((address) => taken.has(address)).join(", ");
    findings.problems.push({
      path: "",
      message: `IOMMU group ${group} cannot be split: ${some} would go without ${left.join(", ")}; take all of the group, or turn ACS on so that each device has its own`,
    });
  }
  const ungrouped = wanted.filter(({ device }) => device.iommuGroup === undefined).map(({ address }) => address);
  if (ungrouped.length)
    findings.notChecked.push(`IOMMU groups of ${ungrouped.join(", ")}: the host's facts do not have them`);
}

function refusePartOfNvswitches(host: HostSwitches, wanted: readonly HostEndpoint[], { problems }: Findings): void {
  const there = [...host.endpoints.values()];
  const count = (of: readonly HostEndpoint[], kind: string) => of.filter((endpoint) => endpoint.kind === kind).length;
  const [switches, gpus] = [count(wanted, "nvswitch"), count(wanted, "gpu")];
  if (switches === 0) return;
  if (switches === count(there, "nvswitch") && gpus === count(there, "gpu")) return;
  problems.push({
    path: "devices",
    message: `${switches} of ${count(there, "nvswitch")} NVSwitches with ${gpus} of ${count(there, "gpu")} GPUs do not work; take all of both or no NVSwitch`,
  });
}
