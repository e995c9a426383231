// @ts-check
import { ensureDaemon } from "./daemon.mjs";
import { ensureInstalled } from "./install.mjs";
import { shareKvmDevice } from "./kvm-device.mjs";

/** libvirt and QEMU: installed, and the daemon answers. @type {import("../steps.mjs").StepFunction} */
export async function libvirt({ env }, step) {
  await ensureInstalled(step);
  await shareKvmDevice();
  // Named, because virsh run by an ordinary user would else talk to another daemon than the one checked here.
  env.LIBVIRT_DEFAULT_URI ||= "qemu:///system";
  return ensureDaemon(env, step);
}
