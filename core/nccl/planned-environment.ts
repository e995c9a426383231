import { byAddress } from "../topology/address-order";
import { deviceKind } from "../topology/device-kind";
import type { HostTopology } from "../topology/model";
import { devicesByAddress } from "../topology/walk";
import { hcaList, visibleDevices, withNcclProfile } from "./environment";
import { rails } from "./rails";

/** What is known of a guest's environment before it has been started. */
export interface PlannedEnvironment {
  readonly environment: Record<string, string>;
  /** What was taken for granted or left out, in words. */
  readonly defaults: string[];
}

const MELLANOX = "15b3";

/**
 * The gpudirect profile with the planned guest's GPUs and NICs. RDMA devices have the names that the kernel gives
 * them: mlx5_0 and so on in bus order, since the driver probes in that order (linux drivers/infiniband/core/device.c,
 * assign_name). udev's persistent names and NICs of other makers are known in the guest alone.
 */
export function plannedEnvironment(
  host: HostTopology,
  plan: { readonly guestAddresses: Readonly<Record<string, string>> },
): PlannedEnvironment {
  const functions = devicesByAddress(host);
  const passed = Object.keys(plan.guestAddresses).flatMap((key) => functions.get(key) ?? []);
  const gpus = passed.filter(({ device }) => deviceKind(device) === "gpu").length;
  const nics = passed.filter(({ device }) => deviceKind(device) === "nic");
  const others = nics.filter(({ device }) => device.vendor !== undefined && device.vendor !== MELLANOX);

  const defaults: string[] = [];
  const inRailOrder = rails(host, plan);
  const inBusOrder = [...inRailOrder].sort(byAddress);
  const known: Record<string, string> = {};
  if (gpus > 0) known.CUDA_VISIBLE_DEVICES = visibleDevices(gpus);
  if (others.length > 0) {
    const named = others.map(({ device }) => device.address).join(", ");
    defaults.push(
      `NCCL_IB_HCA: left out, because ${named} are no NVIDIA NICs; name their RDMA devices as the guest does`,
    );
  } else if (nics.length > 0) {
    known.NCCL_IB_HCA = hcaList(inRailOrder.map((address) => `mlx5_${inBusOrder.indexOf(address)}:1`));
    defaults.push(
      "NCCL_IB_HCA: the kernel's default names, mlx5_0 and up in the guest's bus order, put in rail order; the list names devices exactly, so other names (rdma-core may name them by PCI address) would turn RDMA off; NcclRuntime reads the real ones in the guest",
    );
  }
  defaults.push("NCCL_SOCKET_IFNAME: left out; NcclRuntime takes the interface of the guest's default route");
  return { environment: withNcclProfile("gpudirect", known), defaults };
}
