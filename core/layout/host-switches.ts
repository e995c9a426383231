import type { DeviceKind } from "../topology/device-kind";
import { deviceKind } from "../topology/device-kind";
import type { HostTopology, PciDevice } from "../topology/model";

/**
 * The host's PCI tree as the guest has to mirror it: root complexes, switches, endpoints. Root ports and downstream
 * ports vanish (NCCL's graph has none either): they come back in the guest as one port above each switch and endpoint.
 */
export interface RootComplex {
  readonly address: string;
  readonly numaNode: number;
  readonly branches: readonly Branch[];
}
export type Branch = SwitchBranch | EndpointBranch;
export interface SwitchBranch {
  readonly type: "switch";
  /** Address of the upstream port. */
  readonly address: string;
  readonly branches: readonly Branch[];
}
export interface EndpointBranch {
  readonly type: "endpoint";
  readonly address: string;
  readonly kind: DeviceKind;
  readonly device: PciDevice;
}

export interface HostSwitches {
  readonly complexes: readonly RootComplex[];
  readonly endpoints: ReadonlyMap<string, HostEndpoint>;
}
export interface HostEndpoint extends EndpointBranch {
  readonly complex: string;
  readonly numaNode: number;
  /** Upstream ports above it, outermost first. */
  readonly switches: readonly string[];
  /** Address of the bridge to conventional PCI above it, when there is one. */
  readonly conventionalBridge: string | undefined;
}

/** Reads the tree once; everything in core/layout works on the result. */
export function hostSwitches(host: HostTopology): HostSwitches {
  const endpoints = new Map<string, HostEndpoint>();
  const lowestNode = Math.min(...host.numaNodes.map(({ id }) => id));
  const complexes = host.pciRoots.map((root): RootComplex => {
    const numaNode = root.numaNode ?? firstNode(root.devices) ?? lowestNode;
    const walk = (
      devices: readonly PciDevice[],
      above: readonly string[],
      conventionalBridge: string | undefined,
      branches: Branch[],
    ): Branch[] => {
      for (const device of devices) {
        const { address, port, children = [] } = device;
        if (port === "upstream-port") {
          branches.push({
            type: "switch",
            address,
            branches: walk(children, [...above, address], conventionalBridge, []),
          });
        } else if (port !== undefined || children.length > 0) {
          walk(children, above, port === "pci-bridge" ? address : conventionalBridge, branches);
        } else {
          const place = { complex: root.address, numaNode, switches: above, conventionalBridge };
          const branch: HostEndpoint = { type: "endpoint", address, kind: deviceKind(device), device, ...place };
          endpoints.set(address, branch);
          branches.push(branch);
        }
      }
      return branches;
    };
    const branches = walk(root.devices, [], undefined, []);
    return { address: root.address, numaNode, branches };
  });
  return { complexes, endpoints };
}

/**
 * Firmware that names no node for the root bus often names one for the devices; all of one root complex share it. Where
 * there is none at all the lowest node stands, as NCCL takes node 0 (nccl src/graph/xml.cc).
 */
function firstNode(devices: readonly PciDevice[]): number | undefined {
  for (const device of devices) {
    const node = device.numaNode ?? firstNode(device.children ?? []);
    if (node !== undefined) return node;
  }
  return undefined;
}
