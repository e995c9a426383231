import { FILE_LAWS } from "./file-laws";

/**
 * A warning where NCCL has no room for a topology file and for what it adds to it: below a NIC the elements nic and
 * net, below a GPU gpu and a nvlink for each NVSwitch (nccl src/graph/xml.cc, ncclTopoFillNet, ncclTopoGetXmlFromGpu).
 */
export function roomWarning(file: string): string[] {
  const count = (pattern: RegExp): number => file.match(pattern)?.length ?? 0;
  const gpus = count(/ class="0x03/g);
  const added = 2 * count(/ class="0x02/g) + gpus * (1 + Math.max(1, count(/ class="0x0680/g)));
  const needed = count(/<[a-z]/g) + added;
  if (needed <= FILE_LAWS.elements) return [];
  return [
    `NCCL keeps ${FILE_LAWS.elements} elements of a machine's topology, but this guest needs about ${needed}: NCCL will refuse to start in it; pass fewer NICs or GPUs through`,
  ];
}
