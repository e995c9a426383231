import { deviceKind } from "../topology/device-kind";
import { readNcclXml } from "../topology/nccl-xml";
import { type PathClass, pathClasses } from "../topology/path-class";
import { placedDevices } from "../topology/walk";

/** Path classes that a topology file gives its GPUs and NICs, by NCCL's rules. */
export interface FilePathClasses {
  /** Bus ids of GPUs and NICs, in the order of the file. */
  readonly addresses: readonly string[];
  /** By row and column in the order of `addresses`. */
  readonly classes: readonly (readonly PathClass[])[];
}

/**
 * Reads a topology file as a host and classes its pairs as those of a host are.
 * @throws Refusal where the text is no topology file, or one without functions
 */
export function filePathClasses(xml: string): FilePathClasses {
  const host = readNcclXml(xml, "NCCL topology file");
  const addresses = [...placedDevices(host)]
    .filter(({ device }) => deviceKind(device) === "gpu" || deviceKind(device) === "nic")
    .map(({ device }) => device.address);
  return { addresses, classes: pathClasses(host, addresses) };
}
