import { lockdownMode } from "../topology/lockdown";
import { baseName, ProbeSections } from "../topology/probe-sections";
import { type Baseline, type BaselineReading, baseline } from "./model";

/** PCI ids: vendor, and class without its programming interface (PCI code and ID assignment specification). */
const NVIDIA = "0x10de";
const MELLANOX = "0x15b3";
const DISPLAY = /^0x03/;
const NETWORK = /^0x02/;

/**
 * Reads what BASELINE_SCRIPT printed.
 * @throws Refusal where that is cut off
 * @throws Error where what was written down cannot be understood
 */
export function readBaseline(text: string, machine: string): BaselineReading {
  const probe = new ProbeSections(text);
  const path = probe.text("path") ?? "";
  return {
    path,
    recorded: recordedBaseline(probe.lines("recorded").join("\n"), path, machine),
    now: { identity: identityOf(probe), facts: factsOf(probe), bootEntry: bootEntryOf(probe) },
    bootId: probe.text("boot-id") ?? "",
  };
}

/** The file as it is written: an administrator can read it. */
export const formatBaseline = (now: Baseline): string => `${JSON.stringify({ version: 1, ...now }, undefined, 2)}\n`;

function recordedBaseline(text: string, path: string, machine: string): Baseline | undefined {
  if (text === "") return undefined;
  try {
    const { version, ...rest } = JSON.parse(text);
    if (version === 1) return baseline.parse(rest);
  } catch {
    // Not JSON, or not of this shape: the same answer as for another version.
  }
  throw new Error(`${machine}: ${path} is no baseline that this version can read; look at it and move it away`);
}

function identityOf(probe: ProbeSections): Baseline["identity"] {
  const dmi = probe.attributes("dmi").get("id");
  const text = (name: string) => dmi?.get(name)?.[0] || undefined;
  return defined({
    systemUuid: text("product_uuid")?.toLowerCase(),
    vendor: text("sys_vendor"),
    product: text("product_name"),
    serialNumber: text("product_serial"),
  });
}

function factsOf(probe: ProbeSections): Baseline["facts"] {
  const dmi = probe.attributes("dmi").get("id");
  const functions = [...probe.attributes("pci").values()];
  const count = (vendor: string, kind: RegExp) =>
    functions.filter((one) => one.get("vendor")?.[0] === vendor && kind.test(one.get("class")?.[0] ?? "")).length;
  const tables = probe.lines("acpi").map((line) => line.trim());
  return defined({
    biosVersion: dmi?.get("bios_version")?.[0],
    biosDate: dmi?.get("bios_date")?.[0],
    cpuVendor: afterColon(probe.lines("cpu"), "vendor_id"),
    cpuModel: afterColon(probe.lines("cpu"), "model name"),
    numaNodes: probe.lines("nodes").filter((line) => /^node\d+$/.test(baseName(line.trim()))).length,
    gpus: count(NVIDIA, DISPLAY),
    nics: count(MELLANOX, NETWORK),
    acpiIommu: tables.includes("DMAR") ? "DMAR" : tables.includes("IVRS") ? "IVRS" : "none",
    iommuGroups: probe.lines("iommu-groups").length,
    lockdown: lockdownMode(probe.text("lockdown")) ?? "none",
  });
}

function bootEntryOf(probe: ProbeSections): Baseline["bootEntry"] {
  const saved = probe.lines("grub-environment").find((line) => line.startsWith("saved_entry="));
  const grubDefault = /^GRUB_DEFAULT=["']?(.*?)["']?$/.exec(probe.text("grub-default") ?? "")?.[1];
  return defined({
    firmware: probe.text("efi") === "yes" ? "UEFI" : "BIOS",
    kernel: probe.text("kernel") ?? "",
    commandLine: probe.text("cmdline") ?? "",
    grubDefault,
    grubSavedEntry: saved?.slice("saved_entry=".length),
    uefiBootCurrent: bootNumber(probe.text("efi-boot-current")),
  });
}

/** A 16-bit little-endian number, printed by od as two decimal bytes, as the UEFI names its boot entries. */
function bootNumber(bytes: string | undefined): string | undefined {
  const [low, high] = (bytes ?? "").split(/\s+/).filter(Boolean).map(Number);
  if (low === undefined || high === undefined) return undefined;
  return (low + high * 256).toString(16).toUpperCase().padStart(4, "0");
}

function afterColon(lines: readonly string[], name: string): string | undefined {
  const line = lines.find((one) => one.startsWith(name));
  return line?.slice(line.indexOf(":") + 1).trim();
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** What was not found has no key. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
}
