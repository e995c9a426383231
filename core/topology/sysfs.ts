import { Refusal } from "../problems";
import { zodProblems } from "../zod-problems";
import { hostProblems } from "./check-host";
import { refuseProblems } from "./input-limits";
import { lockdownMode } from "./lockdown";
import { HOST_FILE_VERSION, type HostTopology, type HostUse, hostTopology, type VolatileFacts } from "./model";
import { ProbeSections } from "./probe-sections";
import { bootFunctions } from "./sysfs-boot";
import { bmcFunctions, routeFunctions } from "./sysfs-net";
import { probedNuma } from "./sysfs-numa";
import { type ProbedPci, probedPci } from "./sysfs-pci";
import { inferPorts } from "./sysfs-ports";

/** A host and what could not be read of it, in words for the user. */
export interface ProbedHost {
  readonly host: HostTopology;
  readonly warnings: readonly string[];
}

/**
 * The host that `PROBE_SCRIPT` printed; `source` says where it ran.
 * @throws Refusal where the text is cut off, the machine has no PCI devices, or its facts contradict each other
 */
export function parseProbe(text: string, source: string): HostTopology {
  return readProbe(text, source).host;
}

/** As `parseProbe`, with warnings. */
export function readProbe(text: string, source: string): ProbedHost {
  const probe = new ProbeSections(text);
  const pci = probedPci(probe);
  if (pci.roots.length === 0) {
    const message = "the machine shows no PCI device in /sys/bus/pci/devices; nothing can be planned for it";
    throw new Refusal([{ path: "", message }]);
  }
  const warnings: string[] = [];
  if (!pci.capabilitiesRead) {
    const pcie = probe.attributes("pci-attributes");
    inferPorts(pci.roots, (address) => pcie.get(address)?.has("max_link_width") ?? false);
    warnings.push(
      "ACS, ATS and serial numbers could not be read, and port types are by position: run as root to read them",
    );
  }
  markUses(probe, pci, warnings);
  const numa = probedNuma(probe);
  const bits = /(\d+) bits physical/.exec(probe.text("cpuinfo") ?? "")?.[1];
  const dmi = probe.attributes("dmi").get("id");
  const host: HostTopology = {
    format: "gpudirect-host",
    version: HOST_FILE_VERSION,
    source: pci.capabilitiesRead ? source : `${source}, read without root`,
    ...optional("vendor", dmi?.get("sys_vendor")?.[0]),
    ...optional("product", dmi?.get("product_name")?.[0]),
    ...optional("physicalAddressBits", bits === undefined ? undefined : Number(bits)),
    numaNodes: numa.nodes,
    pciRoots: pci.roots,
    volatile: volatileOf(probe, pci, numa.freeHugepages),
  };
  const shaped = hostTopology.safeParse(host);
  refuseProblems(shaped.success ? hostProblems(host) : zodProblems(shaped.error));
  return { host, warnings };
}

function markUses(probe: ProbeSections, pci: ProbedPci, warnings: string[]): void {
  const boot = bootFunctions(probe);
  const route = routeFunctions(probe, pci.physicalFunctions);
  if (boot.size === 0) warnings.push("no PCI function was found for the disk that the host boots from");
  if (route.size === 0) warnings.push("no PCI function was found for the network that the host is reached by");
  const uses: [HostUse, Set<string>][] = [
    ["boot-disk", boot],
    ["ssh-route", route],
    ["bmc-nic", bmcFunctions(probe)],
  ];
  for (const [use, functions] of uses) {
    for (const address of functions) {
      const device = pci.functions.get(address);
      if (device) device.hostUses = [...(device.hostUses ?? []), use];
    }
  }
}

function volatileOf(probe: ProbeSections, pci: ProbedPci, freeHugepages: ProbedNumaPools): VolatileFacts {
  const lockdown = lockdownMode(probe.text("lockdown"));
  return {
    drivers: pci.drivers,
    links: pci.links,
    freeHugepages,
    ...optional("kernelCommandLine", withoutSecrets(probe.text("cmdline"))),
    ...optional("lockdown", lockdown),
  };
}
type ProbedNumaPools = NonNullable<VolatileFacts["freeHugepages"]>;

/** Host files hold no secrets: values of parameters that are named like one, and passwords in URLs, are blanked. */
function withoutSecrets(commandLine: string | undefined): string | undefined {
  return commandLine
    ?.replace(
      /(^|\s)([\w.-]*(?:pass|passwd|password|rootpw|secret|token|credential|apikey|api_key)[\w.-]*=)\S+/gi,
      "$1$2***",
    )
    .replace(/:\/\/[^\s/@]+@/g, "://***@");
}

function optional<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return (value === undefined || value === "" ? {} : { [name]: value }) as { [P in K]?: V };
}
