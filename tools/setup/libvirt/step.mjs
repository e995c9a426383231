// @ts-check
import { existsSync, readdirSync } from "node:fs";
import { ensureInstalled } from "../install.mjs";
import { ensureDaemon } from "./daemon.mjs";
import { shareKvmDevice } from "./kvm-device.mjs";

const FIRMWARE_DIR = "/usr/share/OVMF";

/** @type {import("../install.mjs").Needed} */
const NEEDED = {
  what: "libvirt, QEMU, OVMF and cpio",
  programs: {
    virsh: "libvirt-clients",
    libvirtd: "libvirt-daemon",
    virtlogd: "libvirt-daemon",
    "qemu-system-x86_64": "qemu-system-x86",
    cpio: "cpio",
    // What virt-xml-validate calls, which the tests hold the planned domains against.
    xmllint: "libxml2-utils",
    // How machines are reached and locked.
    ssh: "openssh-client",
    flock: "util-linux",
  },
  // libvirt's QEMU driver, its users and permissions, the guests' firmware.
  packages: ["libvirt-daemon-driver-qemu", "libvirt-daemon-system", "ovmf"],
  files: [{ name: `UEFI firmware (${FIRMWARE_DIR}/OVMF_CODE*.fd)`, found: hasFirmware }],
  expectedSeconds: 60,
};

/** libvirt and QEMU: installed, and the daemon answers. @type {import("../steps.mjs").StepFunction} */
export async function libvirt({ env }, step) {
  await ensureInstalled(NEEDED, step);
  await shareKvmDevice();
  // Named, because virsh run by an ordinary user would else talk to another daemon than the one checked here.
  env.LIBVIRT_DEFAULT_URI ||= "qemu:///system";
  return ensureDaemon(env, step);
}

function hasFirmware() {
  return existsSync(FIRMWARE_DIR) && readdirSync(FIRMWARE_DIR).some((name) => /^OVMF_CODE.*\.fd$/.test(name));
}
