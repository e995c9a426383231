import { deviceKind } from "../topology/device-kind";
import { readNcclXml } from "../topology/nccl-xml";
import { type PathClass, pathClasses } from "../topology/path-class";
import { placedDevices } from "../topology/walk";

/** Path classes that a topology file gives its GPUs and NICs, by NCCL's rules. */
export interface FilePathClasses {
  /** Bus ids of GPUs and NICs, in the order of the file. */
  readonly addresses: readonly string[];
  /** In the same order. */
  readonly kinds: readonly ("gpu" | "nic")[];
  /** By row and column in the order of `addresses`. */
  readonly classes: readonly (readonly PathClass[])[];
}

/**
 * How many pairs of a GPU and a NIC have each class: `PIX 2, SYS 4`, the nearest first; undefined where there is no pair.
 * @throws Refusal where the text is no topology file
 */
export function gpuNicPaths(xml: string): string | undefined {
  if (!/<pci\b/.test(xml)) return undefined;
  const { addresses, kinds, classes } = filePathClasses(xml);
  const pairs = addresses.flatMap((_, gpu) =>
    addresses.flatMap((__, nic) => (kinds[gpu] === "gpu" && kinds[nic] === "nic" ? [classes[gpu]?.[nic]] : [])),
  );
  const counted = NEAREST_FIRST.map((one) => [one, pairs.filter((pair) => pair === one).length] as const);
  const found = counted.filter(([, count]) => count > 0).map(([one, count]) => `${one} ${count}`);
  return found.length === 0 ? undefined : found.join(", ");
}

const NEAREST_FIRST: readonly PathClass[] = ["PIX", "PXB", "PHB", "SYS"];

/**
 * Reads a topology file as a host and classes its pairs as those of a host are.
 * @throws Refusal where the text is no topology file, or one without functions
 */
export function filePathClasses(xml: string): FilePathClasses {
  const host = readNcclXml(xml, "NCCL topology file");
  const found = [...placedDevices(host)].flatMap(({ device }) => {
    const kind = deviceKind(device);
    return kind === "gpu" || kind === "nic" ? [{ address: device.address, kind }] : [];
  });
  const addresses = found.map(({ address }) => address);
  return { addresses, kinds: found.map(({ kind }): "gpu" | "nic" => kind), classes: pathClasses(host, addresses) };
}
