import { isPlainObject } from "../diff/plain";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

/** Values of an input as a list of addresses; unknown ones are passed over. */
const addresses = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((one): one is string => typeof one === "string") : [];

/** Adapters that the settings of all are for. */
export function selectedAdapters({ adapters }: ObservedTuning, { nics }: TuningInputs): string[] {
  if (nics !== "rdma") return addresses(nics).filter((address) => Object.hasOwn(adapters, address));
  return rdmaAdapters(adapters).filter((address) => adapters[address]?.carriesRoute === false);
}

/**
 * RDMA drivers by the kernel driver of those adapters that they make RDMA devices of: linux
 * drivers/infiniband/hw/mlx5/main.c and mlx4/main.c, which bind to the auxiliary devices of mlx5_core and to mlx4_core.
 */
export const RDMA_MAKERS: Readonly<Record<string, string>> = { mlx5_core: "mlx5_ib", mlx4_core: "mlx4_ib" };

/**
 * Adapters that have an RDMA device, or are to have one: while the RDMA driver is not loaded, as in the middle of its update,
 * settings are not given back.
 */
export const rdmaAdapters = (adapters: ObservedTuning["adapters"]): string[] =>
  Object.keys(adapters).filter(
    (address) =>
      (adapters[address]?.rdmaDevices.length ?? 0) > 0 || Object.hasOwn(RDMA_MAKERS, adapters[address]?.driver ?? ""),
  );

/** GPUs that the settings of all are for: those among them that the driver reports. */
export function selectedGpus({ cards }: ObservedTuning, { gpus }: TuningInputs): string[] {
  if (gpus === "all") return Object.keys(cards);
  return addresses(gpus).filter((address) => Object.hasOwn(cards, address));
}

/** Entries of a map of settings, or none where the map is unknown. */
export const entriesOf = <Value>(map: Readonly<Record<string, Value>>): [string, Value][] =>
  isPlainObject(map) ? (Object.entries(map) as [string, Value][]) : [];

/** A field of settings, of which either may be unknown. */
export function fieldOf<Settings extends object, Key extends keyof Settings & string>(
  settings: Settings | undefined,
  key: Key,
): Settings[Key] | undefined {
  return isPlainObject(settings) && Object.hasOwn(settings, key) ? (settings as Settings)[key] : undefined;
}
