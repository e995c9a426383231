import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseHostFile } from "../../core/topology/host-file";
import type { HostTopology } from "../../core/topology/model";
import type { LabHost } from "../../lab/client/lab-host";
import { guestBoot } from "../engine/support/environment";
import { Stack } from "../engine/support/stack";
import { chainsOfDomain, chainsOfTree } from "../lab/support/device-chains";
import { gpudirect } from "../lab/support/gpudirect";
import { bootedHost } from "../lab/support/hosts";
import { startPaused } from "../lab/support/nested-guest";
import { hostPathClassOf } from "../support/host-path-class";

const [GPUS, NICS, NVSWITCHES] = [8, 8, 4];
const STARTS = 2;

describe("a guest in the lab host, with all its GPUs, NICs and NVSwitches", function () {
  this.timeout(1_200_000);
  let host: LabHost;
  before(async () => {
    host = await bootedHost();
  });

  for (let start = 1; start <= STARTS; start++) {
    it(`has the domain's tree when libvirt starts it paused, start ${start} of ${STARTS}`, async () => {
      const guest = await startPaused(host);
      try {
        assert.equal(guest.wanted, GPUS + NICS + NVSWITCHES);
        assert.equal(guest.vfioDevices, guest.wanted);
        const wanted = chainsOfDomain(guest.domainXml);
        assert.equal(Object.keys(wanted).length, guest.wanted);
        assert.deepEqual(chainsOfTree(guest.tree), wanted);
        const bound = await host.run("ls /sys/bus/pci/drivers/vfio-pci | grep -c ^0000:");
        assert.equal(Number(bound), guest.wanted);
      } finally {
        await guest.destroy();
      }
    });
  }

  describe("rehearsed on this machine with emulated endpoints", () => {
    const stack = new Stack();
    let topology: HostTopology;
    after(() => stack.discard());

    it("boots, and its kernel sees the plan's addresses and the host's path classes", async () => {
      const { ssh } = await host.status();
      const text = await gpudirect("discover", `ssh://${host.name}`, "--ssh-config", ssh.configFile);
      topology = parseHostFile(text);
      await stack.init();
      const file = join(stack.folder, "host.json");
      writeFileSync(file, text);
      const args = { name: stack.name("lab"), rehearse: true, firmware: "bios", boot: guestBoot() };
      stack.program(`
        const topology = JSON.parse(require("node:fs").readFileSync(${JSON.stringify(file)}, "utf8"));
        const vm = new gpudirect.GpuVm("lab", { ...${JSON.stringify(args)}, topology });
        exports.seen = vm.guestAddresses;
        exports.planned = vm.plan.guestAddresses;
        exports.guest = vm.guestTopology;
      `);
      await stack.mustUp();
      const { seen, planned, guest } = await stack.outputs<{
        seen: Record<string, string>;
        planned: Record<string, string>;
        guest: HostTopology;
      }>();
      assert.deepEqual(seen, planned);
      const devices = Object.entries(seen);
      assert.equal(devices.length, GPUS + NICS + NVSWITCHES);
      const [onHost, inGuest] = [hostPathClassOf(topology), hostPathClassOf(guest)];
      for (const [at, guestAt] of devices) {
        for (const [other, guestOther] of devices) {
          assert.equal(inGuest(guestAt, guestOther), onHost(at, other), `${at} to ${other}`);
        }
      }
    });
  });
});
