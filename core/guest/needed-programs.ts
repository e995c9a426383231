import type { PROGRAMS } from "./observe-script";

export type Program = (typeof PROGRAMS)[number];

/** Where a program comes from, by family of distributions. */
interface Source {
  readonly debian: string;
  readonly rhel: string;
}

/**
 * Packages: packages.debian.org and the package lists of RHEL for ethtool and pciutils; nvidia-smi comes with the driver
 * (Debian's nvidia-smi, nvidia-utils-NNN of Ubuntu); mlnx_qos is in mlnx-tools of NVIDIA's DOCA-OFED repositories.
 */
const SOURCES: Readonly<Record<Program, Source>> = {
  ethtool: { debian: "ethtool", rhel: "ethtool" },
  setpci: { debian: "pciutils", rhel: "pciutils" },
  "nvidia-smi": { debian: "nvidia-smi or nvidia-utils-VERSION", rhel: "nvidia-driver-cuda" },
  mlnx_qos: { debian: "mlnx-tools of DOCA-OFED", rhel: "mlnx-tools of DOCA-OFED" },
};

/** Message of a refusal: which program, for what, how to get it, and how to do without. */
export function missingProgram(program: Program, use: string, without: string): string {
  const { debian, rhel } = SOURCES[program];
  const packages =
    debian === rhel
      ? `the package ${debian} (Debian, Ubuntu and RHEL)`
      : `the package ${debian} (Debian, Ubuntu) or ${rhel} (RHEL)`;
  return `${use} needs the program ${program}, which this system does not have; install ${packages}, or ${without}`;
}
