import { baseName, ProbeSections } from "../topology/probe-sections";
import { type AdapterReading, readAdapters } from "./adapters";
import { settingsAtBoot } from "./at-boot";
import { type CardReading, readCards } from "./gpus";
import { loginMemlock } from "./memlock";
import { smiComplaint } from "./nvidia-smi";
import { PROGRAMS } from "./observe-script";

/** All that one look at a system told. */
export interface GuestReading {
  /** By PCI address. */
  readonly adapters: ReadonlyMap<string, AdapterReading>;
  /** By PCI address. */
  readonly cards: ReadonlyMap<string, CardReading>;
  /** NVIDIA GPUs on the bus, in its order, without those that vfio-pci holds for a guest. */
  readonly gpuAddresses: readonly string[];
  /** Whether vfio-pci holds a GPU. */
  readonly hasPassedGpu: boolean;
  readonly hasNvSwitch: boolean;
  readonly hasRdmaDevice: boolean;
  /** Values of those parameters that were asked for and that the kernel has. */
  readonly sysctls: ReadonlyMap<string, string>;
  readonly missingPrograms: readonly string[];
  readonly init: "systemd" | "other";
  /** `uname -r`. */
  readonly kernel: string;
  /** The loaded kernel driver of NVIDIA's GPUs. */
  readonly driver?: { readonly version: string; readonly isOpen: boolean };
  /** What nvidia-smi said where it reports no GPU. */
  readonly smiComplaint?: string;
  readonly hasPeerMemoryModule: boolean;
  readonly fabricManager: { readonly isRunning: boolean; readonly isThere: boolean; readonly version?: string };
  readonly memlockKiB: number | "unlimited";
  /** The files of persistent settings: whether their manifest is there, and which are not as it says. */
  readonly manifest: { readonly isThere: boolean; readonly damaged: readonly string[] };
  /** Settings that are made at each boot: value by property path. */
  readonly atBoot: Readonly<Record<string, string>>;
}

/**
 * What `observeScript` printed.
 * @throws Refusal where the text is not its whole output
 */
export function parseReading(text: string): GuestReading {
  const probe = new ProbeSections(text);
  const programs = new Set(probe.lines("programs").map((line) => line.trim()));
  const cards = readCards(probe);
  const complaint = cards.size === 0 ? smiComplaint(probe.lines("smi-cards")) : undefined;
  const driver = kernelDriver(probe.text("nvidia-version"));
  const modules = probe.lines("modules").map((line) => line.trim());
  return {
    adapters: readAdapters(probe),
    cards,
    ...nvidiaFunctions(probe),
    hasRdmaDevice: probe.links("rdma-links").size > 0,
    sysctls: sysctlsIn(probe.lines("sysctls")),
    missingPrograms: PROGRAMS.filter((name) => !programs.has(name)),
    init: probe.text("init") === "systemd" ? "systemd" : "other",
    kernel: probe.text("kernel") ?? "",
    ...(driver === undefined ? {} : { driver }),
    ...(complaint === undefined ? {} : { smiComplaint: complaint }),
    hasPeerMemoryModule: modules.includes("nvidia_peermem") || modules.includes("nv_peer_mem"),
    fabricManager: fabricManager(probe, programs.has("nv-fabricmanager")),
    memlockKiB: loginMemlock(probe.lines("limits"), probe.text("init-limit")),
    manifest: manifestIn(probe.lines("manifest")),
    atBoot: settingsAtBoot(probe.lines("boot-settings"), probe.lines("boot-sysctls")),
  };
}

/** GPUs are 3D and VGA controllers; NVSwitches are of class 0680 (pci.ids, "GH100 [H100 NVSwitch]"). */
function nvidiaFunctions(probe: ProbeSections): Pick<GuestReading, "gpuAddresses" | "hasPassedGpu" | "hasNvSwitch"> {
  const own = [...probe.attributes("pci-attributes")].filter(([, facts]) => facts.get("vendor")?.[0] === "0x10de");
  const ofClass = (classes: RegExp) => own.filter(([, facts]) => classes.test(facts.get("class")?.[0] ?? ""));
  const drivers = probe.links("pci-links");
  const isPassed = (address: string) => baseName(drivers.get(`${address}/driver`) ?? "") === "vfio-pci";
  const gpus = ofClass(/^0x030[02]/).map(([address]) => address);
  return {
    gpuAddresses: gpus.filter((address) => !isPassed(address)),
    hasPassedGpu: gpus.some(isPassed),
    hasNvSwitch: ofClass(/^0x0680/).some(([address]) => !isPassed(address)),
  };
}

/** `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05 …`, or `… Open Kernel Module for x86_64  535.104.05 …`. */
function kernelDriver(line: string | undefined): GuestReading["driver"] {
  const [, version] = /Kernel Module\b.*?\s(\d+\.\d+(?:\.\d+)*)\s/.exec(`${line ?? ""} `) ?? [];
  return version === undefined ? undefined : { version, isOpen: / Open Kernel Module\b/.test(line ?? "") };
}

function fabricManager(probe: ProbeSections, isThere: boolean): GuestReading["fabricManager"] {
  const isRunning = probe.lines("fabric-manager").some((line) => line.trim() === "active");
  const [, version] = /\b(\d+\.\d+(?:\.\d+)*)/.exec(probe.lines("fabric-manager-version").join(" ")) ?? [];
  return { isRunning, isThere: isThere || isRunning, ...(version === undefined ? {} : { version }) };
}

/** `NAME VALUE` lines; the kernel parts numbers by tabs, which the script made blanks. */
function sysctlsIn(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.map((line) => {
      const at = line.indexOf(" ");
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
}

function manifestIn(lines: readonly string[]): GuestReading["manifest"] {
  const damaged = lines.filter((line) => line.startsWith("bad ")).map((line) => line.slice(4).trim());
  return { isThere: lines[0]?.trim() === "present", damaged };
}
