import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { connect } from "node:tls";
import type { LabHost } from "../../lab/client/lab-host";
import { bmcOf, redfishGet } from "../lab/support/bmc";
import { bootedHost, settled } from "../lab/support/hosts";
import { eventually } from "../support/eventually";

const [GPU, NIC, OTHER_NIC] = ["0000:18:00.0", "0000:19:00.0", "0000:1b:00.0"] as const;
const ROOT = "/redfish/v1/Systems/Self";

describe("faults of a lab host", function () {
  this.timeout(900_000);
  let host: LabHost;
  beforeEach(async () => {
    host = await bootedHost();
  });

  describe("of its network", () => {
    it("ssh-cut: a command in the middle of its work loses its connection, the next one runs", async () => {
      const begun = host.tryRun("echo begun > /run/begun; sleep 600");
      await eventually("the command runs", async () => (await host.tryRun("cat /run/begun")).status === 0, 60_000);
      await host.fault("ssh-cut");
      assert.equal((await begun).status, 255);
      assert.equal(await host.run("cat /run/begun"), "begun\n");
    });

    it("ssh-blocked: nothing comes through until it is mended, then it goes on", async () => {
      await host.fault("ssh-blocked");
      let ended = false;
      const waiting = host.run("echo through").finally(() => {
        ended = true;
      });
      // The agent's way is free: the fault is mended through the keeper once the host itself has answered it.
      await host.fault("clock-skew", { seconds: 1 });
      assert.equal(ended, false);
      await host.clearFaults();
      assert.equal(await waiting, "through\n");
    });

    it("host-key-changed: ssh refuses to log in", async () => {
      await host.fault("host-key-changed");
      const { status, stderr } = await host.tryRun("true");
      assert.equal(status, 255);
      assert.match(stderr, /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/);
    });
  });

  describe("of its BMC", () => {
    it("bmc-errors: so many answers are 503 with Retry-After", async () => {
      await host.fault("bmc-errors", { count: 2 });
      const statuses = [];
      for (let call = 0; call < 3; call++) statuses.push((await redfishGet(host, ROOT)).status);
      assert.deepEqual(statuses, [503, 503, 200]);
    });

    it("bmc-cut: an answer breaks off in its middle", async () => {
      await host.fault("bmc-cut");
      await assert.rejects(redfishGet(host, ROOT));
      assert.equal((await redfishGet(host, ROOT)).status, 200);
    });

    it("bmc-slow: answers wait", async () => {
      await host.fault("bmc-slow", { milliseconds: 1500 });
      const begun = performance.now();
      assert.equal((await redfishGet(host, ROOT)).status, 200);
      assert.ok(performance.now() - begun >= 1500);
    });

    it("bmc-certificate-changed: who trusts the old one is refused, until it is mended", async () => {
      const before = await certificate(host);
      assert.equal(before, (await host.status()).bmc.certificateSha256);
      await host.fault("bmc-certificate-changed");
      assert.notEqual(await certificate(host), before);
      await assert.rejects(redfishGet(host, ROOT), /self[- ]signed|unable to verify|certificate/i);
      await host.clearFaults();
      assert.equal((await redfishGet(host, ROOT)).status, 200);
    });

    it("bmc-refuses-setting: named wrongly, it says which attributes there are", async () => {
      await assert.rejects(host.fault("bmc-refuses-setting", { attribute: "NoSuch" }), /NoSuch.*Rome0565/);
    });
  });

  describe("of a device, in the running machine", () => {
    it("device-vanished: it falls off the bus, and its firmware answers no more", async () => {
      assert.match(await host.run(`setpci -s ${NIC} VENDOR_ID`), /^15b3/);
      await host.fault("device-vanished", { address: NIC, live: true });
      assert.match(await host.run(`setpci -s ${NIC} VENDOR_ID`), /^ffff/);
      assert.notEqual((await host.tryRun(`mstconfig -d ${NIC} q ATS_ENABLED`)).status, 0);
      assert.match(await host.run(`mstconfig -d ${OTHER_NIC} q ATS_ENABLED`), /ATS_ENABLED/);
      await host.clearFaults();
      assert.match(await host.run(`setpci -s ${NIC} VENDOR_ID`), /^15b3/);
    });

    it("link-down-trained: sysfs shows the lower speed and width", async () => {
      const link = `cd /sys/bus/pci/devices/${GPU}; cat current_link_speed current_link_width max_link_speed`;
      assert.equal(await host.run(link), "32.0 GT/s PCIe\n16\n32.0 GT/s PCIe\n");
      await host.fault("link-down-trained", { address: GPU, generation: 1, width: 4, live: true });
      assert.equal(await host.run(link), "2.5 GT/s PCIe\n4\n32.0 GT/s PCIe\n");
    });

    it("names a device that is not there", async () => {
      await assert.rejects(
        host.fault("device-vanished", { address: "0000:ff:00.0" }),
        /0000:ff:00\.0 is not in the host file/,
      );
    });
  });

  describe("of its system", () => {
    it("disk-full: nothing can be written, until it is mended", async () => {
      await host.fault("disk-full");
      const { status, stderr } = await host.tryRun("head -c 1M /dev/urandom > /root/file");
      assert.notEqual(status, 0);
      assert.match(stderr, /No space left on device/);
      await host.clearFaults();
      await host.run("head -c 1M /dev/urandom > /root/file");
    });

    it("clock-skew: its clock is off, until it is mended", async () => {
      const skew = async (): Promise<number> => Number(await host.run("date +%s")) - Date.now() / 1000;
      await host.fault("clock-skew", { seconds: -86_400 });
      assert.ok((await skew()) < -86_000);
      await host.clearFaults();
      assert.ok(Math.abs(await skew()) < 600);
    });

    it("foreign-domain: somebody else's guest runs there", async () => {
      await host.fault("foreign-domain", { name: "tenant" });
      assert.match(await host.run("virsh -q list"), /tenant +running/);
      await host.clearFaults();
      assert.equal((await host.run("virsh -q list --all")).trim(), "");
    });
  });

  describe("of its power", () => {
    it("boot-hang: the start ends before the operating system; a reset gets it out", async () => {
      await host.fault("boot-hang");
      const { starts } = await host.status();
      await host.reset("ForceRestart");
      const status = await host.status();
      assert.equal(status.starts, starts + 1);
      assert.equal(status.power, "On");
      await assert.rejects(host.up(5000), /waited 5 s for hgx to answer by SSH; its power is On/);
    });

    it("boot-slow: the start waits, and switching off ends the wait", async () => {
      await host.fault("boot-slow", { seconds: 600 });
      const starting = host.reset("ForceRestart");
      await eventually("it starts", async () => (await host.status()).power === "PoweringOn", 30_000);
      await host.reset("ForceOff");
      await starting;
      assert.equal((await host.status()).power, "Off");
    });

    it("reset-storm: it survives, and starts after the last reset", async () => {
      const { starts } = await host.status();
      await host.fault("reset-storm", { times: 3, seconds: 0 });
      const status = await host.status();
      assert.equal(status.starts, starts + 3);
      assert.equal(status.power, "On");
    });

    it("power-cut: what was synced is there after it, cards and links come up as the faults say", async () => {
      await host.run("echo kept > /root/synced; sync; echo lost > /run/memory");
      await host.run(`mstconfig -y -d ${NIC} set NUM_OF_VFS=4`);
      await host.fault("device-vanished", { address: OTHER_NIC });
      await host.fault("link-down-trained", { address: GPU, generation: 3, width: 8 });
      await host.nextBoot(() => host.fault("power-cut", { seconds: 0 }));
      await settled(host);
      assert.equal(await host.run("cat /root/synced"), "kept\n");
      assert.notEqual((await host.tryRun("cat /run/memory")).status, 0);
      assert.match(await host.run(`mstconfig -e -d ${NIC} q NUM_OF_VFS`), /NUM_OF_VFS +\d+ +4 +4/);
      assert.notEqual((await host.tryRun(`ls /sys/bus/pci/devices/${OTHER_NIC}`)).status, 0);
      const link = `cd /sys/bus/pci/devices/${GPU}; cat current_link_speed current_link_width`;
      assert.equal(await host.run(link), "8.0 GT/s PCIe\n8\n");
    });
  });
});

/** SHA-256 of the certificate that the BMC shows. */
async function certificate(host: LabHost): Promise<string> {
  const { hostname, port } = new URL((await bmcOf(host)).url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(createHash("sha256").update(socket.getPeerCertificate().raw).digest("hex"));
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
