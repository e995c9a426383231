import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHostFile } from "../../../core/topology/host-file";
import { chooseAccelerator } from "../../../lab/client/accelerator";
import { labParts } from "../../../lab/client/create-host";
import { LabHost } from "../../../lab/client/lab-host";
import type { Scratch } from "./scratch";

const HOST_FILE = join(__dirname, "../../../lab/hosts/h100.host.json");

/** The host that `npm run lab -- up` makes; its operating system still boots. */
export async function defaultHost(scratch: Scratch): Promise<LabHost> {
  const parts = labParts();
  const accelerator = await chooseAccelerator(join(parts.image, "vmlinuz"));
  const topology = parseHostFile(readFileSync(HOST_FILE, "utf8"));
  const choices = { topology, flavour: "ami", memoryMiB: 6144, cpus: 4, accelerator } as const;
  const making = LabHost.create("bench", choices, parts);
  // A keeper that is just being started could not be ended yet.
  scratch.onStop(() => making.catch(() => {}));
  return making;
}
