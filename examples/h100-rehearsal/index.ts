import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { GpuVm } from "../../components";

// An 8x H100 host with 8 ConnectX-7, two sockets, four switches of two GPUs and two NICs. Its PCI addresses are ours.
// On your own host leave `topology` out: then `host` is read, which is the machine that runs the provider by default.
const topology = JSON.parse(readFileSync(join(__dirname, "h100.host.json"), "utf8"));

// The kernel and the small initramfs with a guest agent that `npm run setup` makes from distribution packages.
const config = new pulumi.Config();
const [kernel, initrd] = [config.get("kernel"), config.get("initrd")];
if (kernel === undefined || initrd === undefined) {
  throw new pulumi.RunError(
    "The guest's kernel and initrd are not configured: `npm run demo` does all of it. By hand: `npm run setup` prints " +
      "the folder that holds them; then `pulumi config set kernel FOLDER/vmlinuz` and `pulumi config set initrd FOLDER/initrd.gz`.",
  );
}

// A rehearsal: the planned PCI tree, NUMA cells and distances with emulated endpoints, which boots on any machine.
const vm = new GpuVm("h100-rehearsal", {
  topology,
  gpus: 8,
  nics: 8,
  rehearse: true,
  firmware: "bios",
  boot: { kernel, initrd, commandLine: "console=ttyS0 quiet" },
  verifyGuest: true,
});

export const guestAddresses = vm.guestAddresses;
export const guestTopology = vm.guestTopology;
export const leftOut = vm.plan.omitted;
