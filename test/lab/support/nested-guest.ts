import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LabHost } from "../../../lab/client/lab-host";
import { gpudirect } from "./gpudirect";

const NAME = "nested";
/** Of each cell: all of it is pinned for VFIO at the start, page by page. */
const CELL_MIB = 64;

/** A guest with the host's stand-ins, started and paused before its first instruction. */
export interface PausedGuest {
  /** QEMU's device tree, `info qtree`. */
  readonly tree: string;
  /** The domain that was started. */
  readonly domainXml: string;
  readonly vfioDevices: number;
  /** Host devices that the domain asks for. */
  readonly wanted: number;
  readonly startSeconds: number;
  destroy(): Promise<void>;
}

/** A host's facts are read once, however often its guest is started. */
const plans = new WeakMap<LabHost, Promise<string>>();

/**
 * Plans a guest with all GPUs, their NICs and NVSwitches from the host as it is, and starts it paused by the host's libvirt:
 * VFIO opens every device and QEMU builds the tree, but no guest code runs, which nested emulation does not do reliably.
 */
export async function startPaused(host: LabHost): Promise<PausedGuest> {
  const planned = plans.get(host) ?? plannedDomain(host);
  plans.set(host, planned);
  planned.catch(() => plans.delete(host));
  const domainXml = await planned;
  await host.run(`virsh -q define /dev/stdin`, domainXml);
  const begun = performance.now();
  await host.run(`virsh -q start --paused ${NAME}`);
  const startSeconds = (performance.now() - begun) / 1000;
  const tree = await host.run(`virsh qemu-monitor-command --hmp ${NAME} 'info qtree'`);
  return {
    tree,
    domainXml,
    vfioDevices: tree.match(/dev: vfio-pci\b/g)?.length ?? 0,
    wanted: domainXml.match(/<hostdev /g)?.length ?? 0,
    startSeconds,
    destroy: async () => {
      await host.run(`virsh -q destroy ${NAME} && virsh -q undefine ${NAME}`);
    },
  };
}

/** The product's own plan for this host, made fit for emulation in emulation: another CPU and less memory. */
async function plannedDomain(host: LabHost): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-lab-plan-"));
  try {
    const { ssh, accelerator } = await host.status();
    const file = join(folder, "host.json");
    writeFileSync(file, await gpudirect("discover", `ssh://${host.name}`, "--ssh-config", ssh.configFile));
    const sizes = ["--cpus", "2", "--memory", "2", "--hugepages", "none", "--firmware", "bios"];
    const xml = await gpudirect("plan", file, "--gpus", "all", "--name", NAME, ...sizes, "--out", "domain-xml");
    const small = xml
      .replace(/<memory unit="MiB">\d+</, `<memory unit="MiB">${2 * CELL_MIB}<`)
      .replace(/(<cell [^>]*memory=")\d+/g, `$1${CELL_MIB * 1024}`)
      .replace(/ *<maxphysaddr [^>]*\/>\n/, "");
    if (accelerator === "kvm") return small;
    return small
      .replace('<domain type="kvm"', '<domain type="qemu"')
      .replace('<cpu mode="host-passthrough">', '<cpu mode="custom" match="exact" check="none"><model>qemu64</model>');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
