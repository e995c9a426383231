import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHostFile } from "../../../../core/topology/host-file";
import type { HostTopology, PciDevice } from "../../../../core/topology/model";
import { FACTORY_BIOS_EFFECTS } from "../../../../lab/hardware/bios-effects";
import type { Hardware } from "../../../../lab/hardware/hardware";

const ROOT = join(__dirname, "../../../..");
export const LAB_HOSTS = ["h100", "a100", "nested-switches"] as const;

export function labHost(name: (typeof LAB_HOSTS)[number]): HostTopology {
  return hostFile(`lab/hosts/${name}.host.json`);
}

export function hostFile(path: string): HostTopology {
  return parseHostFile(readFileSync(join(ROOT, path), "utf8"));
}

/** Hardware out of the factory, with changes. */
export function hardware(change: Partial<Hardware> = {}): Hardware {
  return { bios: FACTORY_BIOS_EFFECTS, adapters: new Map(), vanished: new Set(), trained: new Map(), ...change };
}

/** A host with these functions on one root complex. */
export function hostOf(devices: PciDevice[], change: Partial<HostTopology> = {}): HostTopology {
  return {
    format: "gpudirect-host",
    version: 1,
    source: "a test",
    numaNodes: [{ id: 0, cpus: "0-3", memoryMiB: 1024 }],
    pciRoots: [{ address: "0000:10", numaNode: 0, devices }],
    ...change,
  };
}

export function bridge(address: string, port: PciDevice["port"], children: PciDevice[] = []): PciDevice {
  return { address, class: "060400", port, children };
}

export function endpoint(address: string, change: Partial<PciDevice> = {}): PciDevice {
  return { address, class: "030200", vendor: "10de", device: "2330", ...change };
}
