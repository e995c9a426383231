import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [SECTOR_LIMIT_MS, KERNEL_LIMIT_MS] = [5000, 20_000];
/** What isa-debug-exit makes of the byte 0x2a: (value << 1) | 1 (qemu hw/misc/debugexit.c). */
const ENDED = (0x2a << 1) | 1;

/** mov al, 0x2a; out 0xf4, al; hlt: a boot sector that ends QEMU with a status of its own. */
const PROGRAM = [0xb0, 0x2a, 0xe6, 0xf4, 0xf4];

/**
 * KVM where a guest really boots by it: /dev/kvm may be there and be too slow to use or hang, as under a hypervisor that
 * does not nest. First a boot sector has to run, for a quick no; then a kernel, which ends with a panic for want of a
 * root file system.
 * @param kernel path of a Linux kernel
 */
export async function chooseAccelerator(kernel: string): Promise<"tcg" | "kvm"> {
  try {
    accessSync("/dev/kvm", constants.R_OK | constants.W_OK);
  } catch {
    return "tcg";
  }
  return (await runsBootSector("kvm", SECTOR_LIMIT_MS)) && (await bootsKernel("kvm", kernel, KERNEL_LIMIT_MS))
    ? "kvm"
    : "tcg";
}

/** Whether a boot sector runs to its end by an accelerator within the limit. */
export async function runsBootSector(accelerator: "tcg" | "kvm", limitMs: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-lab-"));
  const disk = join(folder, "boot.img");
  const sector = Buffer.alloc(512);
  sector.set(PROGRAM);
  sector.writeUInt16LE(0xaa55, 510);
  writeFileSync(disk, sector);
  const devices = ["-device", "isa-debug-exit,iobase=0xf4,iosize=1", "-drive", `file=${disk},format=raw,if=ide`];
  try {
    return (await statusOfQemu([...machine(accelerator), "-m", "32", ...devices], limitMs)) === ENDED;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a kernel boots by an accelerator within the limit, as far as its first look for a root file system. */
export async function bootsKernel(accelerator: "tcg" | "kvm", kernel: string, limitMs: number): Promise<boolean> {
  // panic=-1 resets at once, and a reset ends QEMU.
  const boot = ["-kernel", kernel, "-append", "quiet panic=-1", "-no-reboot"];
  const cpu = accelerator === "kvm" ? "host" : "max";
  return (await statusOfQemu([...machine(accelerator), "-cpu", cpu, "-m", "256", ...boot], limitMs)) === 0;
}

const machine = (accelerator: string): string[] => ["-accel", accelerator, "-display", "none", "-nodefaults"];

/** Exit status; null where it was killed at the limit or did not start. */
async function statusOfQemu(args: string[], limitMs: number): Promise<number | null> {
  const qemu = spawn("qemu-system-x86_64", args, { stdio: "ignore" });
  const timer = setTimeout(() => qemu.kill("SIGKILL"), limitMs);
  try {
    return await new Promise((resolve) => {
      qemu.once("error", () => resolve(null));
      qemu.once("close", resolve);
    });
  } finally {
    clearTimeout(timer);
  }
}
