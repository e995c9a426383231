import type { LabHost } from "../../../lab/client/lab-host";

/** What BIOS settings, card firmware and the kernel make of a host, seen from inside it. */
export interface HostFacts {
  readonly commandLine: string;
  /** Whether the kernel found a DMAR table. */
  readonly dmar: boolean;
  readonly iommuGroups: number;
  readonly kvm: boolean;
  /** `lspci -vvv` of a function. */
  lspci(address: string): string;
  /** Functions in the IOMMU group of a function. */
  group(address: string): readonly string[];
}

const MARK = "@@";

/** One command for all: each SSH login costs a second of emulation. */
export async function hostFacts(host: LabHost, functions: readonly string[]): Promise<HostFacts> {
  const sections: Record<string, string> = {
    cmdline: "cat /proc/cmdline",
    dmar: "dmesg | grep -c 'ACPI: DMAR' || true",
    groups: "ls /sys/kernel/iommu_groups | wc -l",
    // udev loads the module late in the boot; without SVM it cannot be loaded.
    kvm: "modprobe kvm_amd 2>/dev/null; test -c /dev/kvm && echo yes || echo no",
  };
  for (const address of functions) {
    sections[`lspci ${address}`] = `lspci -vvv -s ${address}`;
    sections[`group ${address}`] = `ls /sys/bus/pci/devices/${address}/iommu_group/devices 2>/dev/null || true`;
  }
  const script = Object.entries(sections).map(([name, command]) => `echo '${MARK} ${name}'; ${command}`);
  const output = await host.run(script.join("\n"));
  const found = new Map<string, string>();
  for (const section of output.split(`${MARK} `).slice(1)) {
    const end = section.indexOf("\n");
    found.set(section.slice(0, end), section.slice(end + 1).trim());
  }
  const text = (name: string): string => {
    const value = found.get(name);
    if (value === undefined) throw new Error(`no ${name} among the facts`);
    return value;
  };
  return {
    commandLine: text("cmdline"),
    dmar: text("dmar") !== "0",
    iommuGroups: Number(text("groups")),
    kvm: text("kvm") === "yes",
    lspci: (address) => text(`lspci ${address}`),
    group: (address) => text(`group ${address}`).split(/\s+/).filter(Boolean),
  };
}
