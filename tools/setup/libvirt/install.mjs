// @ts-check
import { existsSync, readdirSync } from "node:fs";
import { SetupError } from "../failure.mjs";
import { findProgram } from "../programs.mjs";
import { run } from "../run.mjs";

const PROGRAMS = {
  virsh: "libvirt-clients",
  libvirtd: "libvirt-daemon",
  virtlogd: "libvirt-daemon",
  "qemu-system-x86_64": "qemu-system-x86",
  cpio: "cpio",
};
/** The rest of what apt has to install: libvirt's QEMU driver, its users and permissions, the guests' firmware. */
const FURTHER_PACKAGES = ["libvirt-daemon-driver-qemu", "libvirt-daemon-system", "ovmf"];
const FIRMWARE_DIR = "/usr/share/OVMF";
const EXPECTED_SECONDS = 90;

/** @param {import("../report.mjs").Step} step */
export async function ensureInstalled(step) {
  const missing = Object.keys(PROGRAMS).filter((program) => !findProgram(program));
  if (!hasFirmware()) missing.push(`UEFI firmware (${FIRMWARE_DIR}/OVMF_CODE*.fd)`);
  const packages = [...new Set([...Object.values(PROGRAMS), ...FURTHER_PACKAGES])];
  const hasApt = findProgram("apt-get") !== undefined;
  if (missing.length === 0 && !(hasApt && (await halfInstalled(packages)))) return;
  if (!hasApt) {
    throw new SetupError(`Missing: ${missing.join(", ")}.\nInstall libvirt, QEMU, OVMF and cpio, then run it again.`);
  }
  const install = ["install", "--yes", "--no-install-recommends", ...packages];
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `${missing.length > 0 ? `Missing: ${missing.join(", ")}` : "An installation was interrupted"}. ` +
        "Run this once, then go on:\n\n" +
        `  sudo sh -c 'dpkg --configure -a; apt-get update; apt-get ${install.join(" ")}'`,
    );
  }
  step.doing("installing libvirt and QEMU", EXPECTED_SECONDS);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // Ends what an interrupted installation has left; without such there is nothing to do.
  await run("dpkg", ["--configure", "-a"], { env });
  const known = await run("apt-cache", ["show", ...packages], { anyStatus: true });
  if (known.status !== 0) await run("apt-get", ["update"], { env });
  const attempt = () => run("apt-get", ["--option", "DPkg::Lock::Timeout=300", ...install], { env });
  // Package lists that are too old name files that are gone from the mirror.
  await attempt().catch(async () => {
    await run("apt-get", ["update"], { env });
    await attempt();
  });
}

function hasFirmware() {
  return existsSync(FIRMWARE_DIR) && readdirSync(FIRMWARE_DIR).some((name) => /^OVMF_CODE.*\.fd$/.test(name));
}

/**
 * Whether dpkg was stopped between unpacking and configuring: then programs are there that do not work yet.
 * @param {string[]} packages
 */
async function halfInstalled(packages) {
  const { stdout } = await run("dpkg-query", ["--show", "--showformat=${db:Status-Status}\\n", ...packages], {
    anyStatus: true,
  });
  return stdout.split("\n").some((status) => /^(unpacked|half-|triggers-)/.test(status));
}
