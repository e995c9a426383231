import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import type { LabHost } from "../../lab/client/lab-host";
import { mustEnd, type Stack } from "../engine/support/stack";
import { bootedHost } from "./support/hosts";
import { labStack, on, plannedChanges } from "./support/lab-stack";

const [GPU, NIC] = ["0000:18:00.0", "0000:19:00.0"] as const;

/** What a user sees of a card that cannot be set now, or never. */
describe("NIC firmware that cannot be set", function () {
  this.timeout(900_000);
  let host: LabHost;
  let stack: Stack;

  before(async () => {
    host = await bootedHost();
    stack = await labStack(host);
  });
  after(() => stack?.discard());

  const program = (args: object) => stack.resources({ nic: on("NicFirmware", { device: NIC, ...args }) });
  const firmware = () => host.run(`mstconfig -e -d ${NIC} q`);
  const outputs = async () => (await stack.resource("nic"))?.outputs as Record<string, unknown>;

  async function refusedAtPreview(reason: RegExp): Promise<void> {
    const was = await firmware();
    const { code, text } = await stack.preview();
    notEqual(code, 0);
    match(text, reason);
    equal(await firmware(), was);
  }

  it("a device of another kind is refused by name", async () => {
    stack.resources({ nic: on("NicFirmware", { device: GPU, profile: "vmPassthrough" }) });
    await refusedAtPreview(/device[\s\S]*0000:18:00\.0[\s\S]*(10de|NVIDIA|GPU)/);
  });

  it("values are checked with no card", async () => {
    program({ parameters: { NUM_OF_VFS: "many" } });
    const { code, text } = await stack.preview();
    notEqual(code, 0);
    match(text, /parameters\.NUM_OF_VFS[\s\S]*"many" is no whole number/);
  });

  it("a name that neither our table, nor the host's mstflint, nor the card has is refused; what is nearly right is offered", async () => {
    program({ parameters: { ATS_ENABLE: 1 } });
    await refusedAtPreview(/parameters\.ATS_ENABLE\b[\s\S]*ATS_ENABLED/);
  });

  it("a card that a virtual machine holds is left alone: last known values, and nothing is written", async () => {
    program({ parameters: { NUM_OF_VFS: 16 } });
    await stack.mustUp();
    const known = (await outputs()).parameters;
    const holder = await hold();
    try {
      mustEnd(await stack.refresh());
      const held = await outputs();
      deepEqual(held.parameters, known);
      match(String(held.heldBy), /train-0/);
      await stack.mustBeSettled();
      program({ parameters: { NUM_OF_VFS: 32 } });
      const { code, text } = await stack.preview();
      notEqual(code, 0);
      match(text, /0000:19:00\.0 is held by [\s\S]*train-0/);
    } finally {
      await release(holder);
    }
    deepEqual(await plannedChanges(stack), { nic: ["update parameters.NUM_OF_VFS"] });
    await stack.mustUp();
    match(await firmware(), /NUM_OF_VFS +8 +8 +32/);
    mustEnd(await stack.destroy());
    match(await firmware(), /NUM_OF_VFS +8 +8 +8/);
  });

  it("kernel lockdown is told at plan", async () => {
    // Lockdown can be raised while the kernel runs, and never lowered: this comes last.
    await host.run("echo integrity > /sys/kernel/security/lockdown");
    program({ parameters: { NUM_OF_VFS: 16 } });
    const { code, text } = await stack.preview();
    notEqual(code, 0);
    match(text, /lockdown \(integrity\)/);
  });

  /** A process that has the card's VFIO group open and the arguments of libvirt's QEMU, as a guest's has. */
  async function hold(): Promise<string> {
    const device = `/sys/bus/pci/devices/${NIC}`;
    return host.run(`
      set -e
      modprobe vfio-pci
      [ ! -e ${device}/driver ] || echo ${NIC} > ${device}/driver/unbind
      echo vfio-pci > ${device}/driver_override
      echo ${NIC} > /sys/bus/pci/drivers_probe
      group=$(basename "$(readlink ${device}/iommu_group)")
      exec 7<> /dev/vfio/$group
      (exec -a qemu-system-x86_64 python3 -c 'import signal; signal.pause()' -name guest=train-0,debug-threads=on) > /dev/null 2>&1 < /dev/null &
      echo $!
    `);
  }

  const release = (pid: string) => host.run(`kill ${pid.trim()}`);
});
