import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHostFile } from "../../../core/topology/host-file";
import type { HostTopology } from "../../../core/topology/model";
import { chooseAccelerator } from "../../../lab/client/accelerator";
import { type HostChoices, labParts } from "../../../lab/client/create-host";
import { LabHost } from "../../../lab/client/lab-host";
import { testLabDirectory } from "./lab-directory";

export type LabHostFile = "h100" | "a100" | "nested-switches";

export function hostFile(name: LabHostFile): HostTopology {
  return parseHostFile(readFileSync(join(__dirname, "../../../lab/hosts", `${name}.host.json`), "utf8"));
}

/** Makes a host and waits until it has booted. */
export async function newHost(
  name: string,
  file: LabHostFile,
  choices: Partial<Pick<HostChoices, "flavour" | "memoryMiB" | "cpus">> = {},
): Promise<LabHost> {
  testLabDirectory();
  const parts = labParts();
  const accelerator = await chooseAccelerator(join(parts.image, "vmlinuz"));
  const given = { flavour: "ami", memoryMiB: 6144, cpus: 4, ...choices } as const;
  const host = await LabHost.create(name, { topology: hostFile(file), accelerator, ...given }, parts);
  await host.up();
  return host;
}

const SNAPSHOT = "booted";
let booted: Promise<LabHost> | undefined;

/** The default host as it is after its first boot, whatever was done to it before. */
export async function bootedHost(): Promise<LabHost> {
  booted ??= boot();
  const host = await booted;
  await host.restore(SNAPSHOT);
  await host.up();
  return host;
}

async function boot(): Promise<LabHost> {
  testLabDirectory();
  if (LabHost.exists("hgx")) {
    const kept = LabHost.named("hgx");
    await kept.switchOn();
    return kept;
  }
  const host = await newHost("hgx", "h100");
  await settled(host);
  await host.snapshot(SNAPSHOT);
  return host;
}

/** systemd has started all that it starts, so that nothing of the boot goes on under the tests. */
export async function settled(host: LabHost): Promise<void> {
  const { stdout } = await host.tryRun("systemctl is-system-running --wait");
  if (!/^(running|degraded)$/.test(stdout.trim())) throw new Error(`${host.name} is ${stdout.trim()} after its boot`);
}
