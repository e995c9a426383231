import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bmc, type BmcOptions } from "../../../../../lab/bmc/bmc";
import { FLAVOURS } from "../../../../../lab/bmc/flavours";
import type { AttributeValue, Flavour, FlavourName } from "../../../../../lab/bmc/flavours/flavour";
import { MemorySystem } from "./memory-system";
import { RedfishClient, type Reply } from "./redfish-client";

/** A BMC on the bench: with its system, an administrator's client, and the paths of its flavour. */
export interface Bench {
  readonly bmc: Bmc;
  readonly system: MemorySystem;
  readonly admin: RedfishClient;
  readonly flavour: Flavour;
  readonly paths: { system: string; bios: string; settings: string; reset: string };
  /** Writes settings as a careful client does: with the ETag it read, to take effect at the next reset. */
  write(attributes: Readonly<Record<string, AttributeValue>>): Promise<Reply>;
  reset(type: string): Promise<Reply>;
  /** Settings that Bios shows. */
  shown(): Promise<Record<string, AttributeValue>>;
}

const open: { bmcs: Set<Bmc>; directories: Set<string> } = { bmcs: new Set(), directories: new Set() };

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "bmc-"));
  open.directories.add(directory);
  return directory;
}

export async function startBench(
  flavour: FlavourName,
  options: Partial<Omit<BmcOptions, "flavour" | "system">> = {},
): Promise<Bench> {
  const system = new MemorySystem();
  const bmc = await Bmc.start({ flavour, system, stateDirectory: temporaryDirectory(), ...options });
  open.bmcs.add(bmc);
  system.managedBy(bmc);
  return benchOf(bmc, system, FLAVOURS[flavour]);
}

function benchOf(bmc: Bmc, system: MemorySystem, flavour: Flavour): Bench {
  const admin = RedfishClient.as(bmc);
  const path = `/redfish/v1/Systems/${flavour.systemId}`;
  const paths = {
    system: path,
    bios: flavour.paths.bios,
    settings: flavour.paths.settings,
    reset: `${path}/Actions/ComputerSystem.Reset`,
  };
  return {
    bmc,
    system,
    admin,
    flavour,
    paths,
    write: async (attributes) => {
      const etag = (await admin.get(paths.settings)).headers.etag as string;
      const body = { Attributes: attributes, "@Redfish.SettingsApplyTime": { ApplyTime: "OnReset" } };
      return admin.patch(paths.settings, body, { "if-match": etag });
    },
    reset: (type) => admin.post(paths.reset, { ResetType: type }),
    shown: async () => (await admin.get(paths.bios)).body.Attributes,
  };
}

/** To be called after each test: ends what it started. */
export async function clearBenches(): Promise<void> {
  for (const bmc of open.bmcs) await bmc.close();
  for (const directory of open.directories) rmSync(directory, { recursive: true, force: true });
  open.bmcs.clear();
  open.directories.clear();
}

/** An attribute that decides whether the CPUs offer virtualization, and its values for on and off. */
export function virtualizationOf(flavour: Flavour): { name: string; on: string; off: string } {
  const decides = flavour.effects.virtualization;
  if (!decides) throw new Error(`${flavour.name} has no attribute for virtualization`);
  const valueFor = (effect: boolean): string =>
    Object.entries(decides.values).find(([, value]) => value === effect)?.[0] as string;
  return { name: decides.attribute, on: valueFor(true), off: valueFor(false) };
}
