import type { DebianGuest } from "./debian-guest";
import { DATA, type GuestInterface } from "./interfaces";

/** Where NCCL looks, as it is typed by those who look for it. */
export const TOPOLOGY_FILE = "/var/run/nvidia-topologyd/virtualTopology.xml";

/** What the site has in its files before: comments, variables of its own, odd lines, and no line end at the end. */
export const SITE_FILES: Readonly<Record<string, string>> = {
  "/etc/nccl.conf": `# Of the site.
NCCL_DEBUG=WARN
NCCL_BUFFSIZE=4194304

#NCCL_IB_HCA=mlx5_0
NCCL_CHECKS_DISABLE=1`,
  "/etc/environment": `# Of the site.
MY_SITE="old" # until it moves
LANG=C.UTF-8
`,
};

export async function writeSiteFiles(guest: DebianGuest): Promise<void> {
  for (const [path, text] of Object.entries(SITE_FILES)) await guest.run(`umask 027; cat > ${path}`, text);
}

/** NCCL's topology file of NICs, each below the one CPU, with a link that no emulated NIC has by itself. */
export function topologyOf(nics: readonly (GuestInterface | Element)[], width = 16): string {
  const lines = nics.map(
    ({ pciAddress, pciClass = "0x020000" }: Partial<Element> & Pick<Element, "pciAddress">) =>
      `    <pci busid="${pciAddress}" class="${pciClass}" link_speed="32.0 GT/s PCIe" link_width="${width}"/>`,
  );
  return ['<system version="1">', '  <cpu numaid="0">', ...lines, "  </cpu>", "</system>", ""].join("\n");
}

interface Element {
  readonly pciAddress: string;
  readonly pciClass: string;
}

export const TOPOLOGY = topologyOf(DATA);

/**
 * Configuration of the system, and what is at NCCL's place, with modes, owners and checksums. Records and locks of the
 * provider are no settings.
 */
const SNAPSHOT = `
cd /
{
  find etc run/nvidia-topologyd -printf '%p %M %u:%g %l\\n' -type f -fprint0 /run/snapshot-files
  find var/lib/gpudirect -mindepth 1 \\( -name records -o -name locks \\) -prune -o -printf '%p %M %u:%g\\n'
} 2> /dev/null
xargs -0 sha256sum < /run/snapshot-files
rm /run/snapshot-files
`;

/** A system as far as NCCL's runtime may change it, a line for each file and for its content. */
export async function filesSnapshot(guest: DebianGuest): Promise<string[]> {
  return (await guest.run(SNAPSHOT)).split("\n").filter(Boolean).sort();
}
