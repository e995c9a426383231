import type { HostEndpoint, HostSwitches } from "../layout/host-switches";
import type { Problem } from "../problems";
import type { HostUse } from "../topology/model";
import type { Selection } from "./select-devices";

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
export function refuseDevices(host: HostSwitches, selection: Selection, findings: Findings): void {
  refuseHostUses(host, selection, findings);
  refuseBehindConventionalBridge(selection, findings);
  refuseSplitIommuGroups(host, selection, findings);
  refusePartOfNvswitches(host, selection.devices, findings);
}

function refuseHostUses(host: HostSwitches, selection: Selection, { problems, notChecked }: Findings): void {
  for (const endpoint of selection.devices) {
    const { address, device } = endpoint;
    const uses = device.hostUses ?? [];
    if (uses.length === 0) continue;
    const why = uses.map((use) => WHY[use]).join(" and ");
    const message = `${address} cannot be passed through: ${why}; leave it out`;
    problems.push({ path: selection.pathOf(endpoint), message });
  }
  const known = [...host.endpoints.values()].some(({ device }) => device.hostUses !== undefined);
  if (!known && selection.devices.length > 0) {
    notChecked.push("boot disk, SSH route and BMC NIC: the host's facts do not say which devices they are");
  }
}

function refuseBehindConventionalBridge(selection: Selection, { problems }: Findings): void {
  for (const endpoint of selection.devices) {
    const { address, conventionalBridge } = endpoint;
    if (conventionalBridge === undefined) continue;
    const message = `${address} is behind the conventional PCI bridge ${conventionalBridge}, which VFIO cannot isolate; leave it out`;
    problems.push({ path: selection.pathOf(endpoint), message });
  }
}

function refuseSplitIommuGroups(host: HostSwitches, selection: Selection, findings: Findings): void {
  const wanted = selection.devices;
  const members = new Map<number, string[]>();
  for (const { address, device } of host.endpoints.values()) {
    if (device.iommuGroup === undefined) continue;
    const group = members.get(device.iommuGroup);
    if (group) group.push(address);
    else members.set(device.iommuGroup, [address]);
  }
  const taken = new Set(wanted.map(({ address }) => address));
  const first = new Map(wanted.map((endpoint) => [endpoint.device.iommuGroup, endpoint] as const).reverse());
  for (const [group, endpoint] of [...first].reverse()) {
    if (group === undefined) continue;
    const left = (members.get(group) ?? []).filter((address) => !taken.has(address));
    if (left.length === 0) continue;
    const some = (members.get(group) ?? []).filter((address) => taken.has(address)).join(", ");
    findings.problems.push({
      path: selection.pathOf(endpoint),
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
