// @ts-check
import { statSync } from "node:fs";
import { SetupError } from "../failure.mjs";
import { run } from "../run.mjs";

const DEVICE = "/dev/kvm";
const REPAIR = ["chgrp kvm /dev/kvm", "chmod 0660 /dev/kvm"];

/**
 * Gives /dev/kvm the group and mode that udev gives it (systemd rules.d/50-udev-default.rules). Where no udev runs it
 * belongs to root alone: libvirtd may open it, the QEMU that it starts as another user may not. libvirt then takes what
 * it knows of QEMU for outdated and asks again for every device of every domain: `virsh define` of 16 devices took 232 s
 * instead of 0.06 s (measured).
 */
export async function shareKvmDevice() {
  const device = statSync(DEVICE, { throwIfNoEntry: false });
  const openToGroup = 0o060;
  if (!device || ((device.mode & openToGroup) === openToGroup && device.gid !== 0)) return;
  if ((device.mode & 0o006) === 0o006) return;
  if (process.getuid?.() !== 0) {
    throw new SetupError(
      `${DEVICE} is closed to QEMU, which makes libvirt very slow. Run this once:\n\n  sudo sh -c '${REPAIR.join("; ")}'`,
    );
  }
  for (const command of REPAIR) await run("sh", ["-c", command]);
}
