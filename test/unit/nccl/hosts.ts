import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { HostTopology } from "../../../core/topology/model";
import { hostAt } from "../plan/planning";

const ROOT = join(__dirname, "../../..");
const FILES = ["test/topologies", "lab/hosts", "examples/h100-rehearsal"].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".host.json"))
    .map((name) => join(folder, name)),
);

/** The hosts of public NCCL topology files, of the lab and of the example. */
export const hosts = (): { name: string; host: HostTopology }[] =>
  FILES.map((name) => ({ name, host: hostAt(join(ROOT, name)) }));

/** A host of which everything may be passed through: the lab's boot disks and routes are other tests' matter. */
export function spareable(host: HostTopology): HostTopology {
  const copy = JSON.parse(JSON.stringify(host, (key, value) => (key === "hostUses" ? undefined : value)));
  for (const node of copy.numaNodes) delete node.hugepages;
  return JSON.parse(JSON.stringify(copy, (key, value) => (key === "iommuGroup" ? undefined : value)));
}
