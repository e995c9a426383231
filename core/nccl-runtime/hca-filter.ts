import type { RdmaDevice } from "./rdma-device";

/** NCCL_IB_HCA: a list of names or of their beginnings, with ports. */
export interface HcaFilter {
  /** Whether the list is of devices not to use. */
  readonly excludes: boolean;
  /** Whether names are whole: without "=", mlx5_1 stands for mlx5_10 too. */
  readonly exact: boolean;
  readonly items: readonly { readonly name: string; readonly port: number | undefined }[];
}

/** As NCCL reads it (nccl src/misc/utils.cc, parseStringList): "^" comes before "=". */
export function parseHcaFilter(value: string): HcaFilter {
  const [, not, exact, list = ""] = /^(\^?)(=?)(.*)$/.exec(value) ?? [];
  const items = list.split(",").map((item) => {
    const [name = "", port] = item.split(":");
    return { name, port: port ? Number(port) : undefined };
  });
  return { excludes: not === "^", exact: exact === "=", items };
}

/** Devices that NCCL uses by the variable's value; all of them without one. */
export function devicesInUse(devices: readonly RdmaDevice[], value: string | undefined): RdmaDevice[] {
  if (value === undefined) return [...devices];
  const { excludes, exact, items } = parseHcaFilter(value);
  return devices.filter((device) => {
    const isListed = items.some(
      ({ name, port }) =>
        (exact ? device.name === name : device.name.startsWith(name)) && (port === undefined || port === device.port),
    );
    return isListed !== excludes;
  });
}
