import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { GuestAgentReach } from "../../provider/reach/guest-agent";
import { LocalReach } from "../../provider/reach/local";
import { domains } from "../engine/support/virsh";
import { DebianGuest } from "../guest/support/debian-guest";
import { type GuestInterface, RING_MAXIMA } from "../guest/support/interfaces";
import { liveNetwork } from "../guest/support/live-network";
import { NETWORK_OWNERS, type NetworkOwner } from "../guest/support/owners";
import { runOptions } from "../support/reach-subject";

/** What runs where a guest has that owner; netplan has no service of its own. */
const ACTIVE: Readonly<Record<NetworkOwner, readonly string[]>> = {
  networkd: ["systemd-networkd"],
  netplan: ["systemd-networkd"],
  NetworkManager: ["NetworkManager"],
  ifupdown: ["networking"],
};
const SERVICES = ["systemd-networkd", "NetworkManager", "networking"];

/** A command that says which configuration a NIC is under, and its answer. */
const OWNERSHIP: Readonly<Record<NetworkOwner, (nic: GuestInterface, index: number) => readonly [string, RegExp]>> = {
  networkd: ({ name }, index) => [
    `networkctl status ${name}`,
    new RegExp(`Network File: /etc/systemd/network/20-data${index}.network\n`),
  ],
  netplan: ({ name }) => [
    `networkctl status ${name}`,
    new RegExp(`Network File: /run/systemd/network/10-netplan-${name}.network\n`),
  ],
  NetworkManager: ({ name }, index) => [
    `nmcli -g GENERAL.STATE,GENERAL.CONNECTION device show ${name}`,
    new RegExp(`^100 \\(connected\\)\ndata${index}\n`),
  ],
  ifupdown: ({ name }) => [`ifquery --state ${name}`, new RegExp(`^${name}=${name}\n`)],
};

/** The largest rings, by `ethtool -g`. */
async function ringMaxima(guest: DebianGuest, { name }: GuestInterface): Promise<{ rx: number; tx: number }> {
  const [maxima = ""] = (await guest.run(`ethtool -g ${name}`)).split("Current hardware settings");
  const of = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)$`, "m").exec(maxima)?.[1]);
  return { rx: of("RX"), tx: of("TX") };
}

for (const owner of NETWORK_OWNERS) {
  describe(`a Debian guest whose network belongs to ${owner}`, () => {
    let guest: DebianGuest;

    before(async () => {
      guest = await DebianGuest.start({ owner, name: "smoke" });
    });

    after(() => guest?.stop());

    async function assertAsConfigured(): Promise<void> {
      const { interfaces, routes } = await liveNetwork(guest);
      const seen = interfaces.map(({ name, mac, pciAddress, driver, addresses }) => {
        return { name, mac, pciAddress, driver, address: addresses.join() };
      });
      assert.deepEqual(seen, [guest.management, ...guest.data]);
      const route = `${guest.route.to} via ${guest.route.via} dev ${guest.route.device.name}`;
      assert.ok(
        routes.some((line) => line.startsWith(route)),
        `${route} is among\n${routes.join("\n")}`,
      );
      assert.ok(
        routes.some((line) => line.startsWith(`default via 10.0.2.2 dev ${guest.management.name}`)),
        `a default route is among\n${routes.join("\n")}`,
      );
    }

    it("has no failed unit, and no other owner runs", async () => {
      assert.equal(await guest.run("systemctl list-units --failed --no-legend --plain"), "");
      const { stdout } = await guest.tryRun(`systemctl is-active ${SERVICES.join(" ")}`);
      const states = stdout.trim().split("\n");
      assert.deepEqual(
        SERVICES.filter((_, index) => states[index] === "active"),
        ACTIVE[owner],
      );
    });

    it("has its data NICs under that owner's configuration", async () => {
      for (const [index, nic] of guest.data.entries()) {
        const [command, answer] = OWNERSHIP[owner](nic, index);
        assert.match(await guest.run(command), answer);
      }
    });

    it("answers by SSH and by its agent", async () => {
      assert.equal(await guest.run("hostname"), `${guest.name}\n`);
      const host = new LocalReach();
      const agent = new GuestAgentReach("guest", { host, domain: guest.domain, answerSeconds: 60 });
      const { stdout } = await agent.run("hostname", { ...runOptions(), timeoutMs: 150_000 });
      assert.equal(stdout.toString(), `${guest.name}\n`);
    });

    it("has names, addresses and routes as configured, and the same after a reboot", async () => {
      await assertAsConfigured();
      await guest.run("touch /run/before-the-reboot");
      await guest.reboot();
      assert.notEqual((await guest.tryRun("test -e /run/before-the-reboot")).status, 0);
      await assertAsConfigured();
    });

    it("has NICs with rings as large as QEMU's devices have them", async () => {
      for (const nic of guest.data) assert.deepEqual(await ringMaxima(guest, nic), RING_MAXIMA[nic.driver]);
    });

    it("keeps what is written to MaxReadReq of its data NICs", async () => {
      for (const { pciAddress } of guest.data) {
        const at = `setpci -s ${pciAddress} CAP_EXP+8.w`;
        const values = await guest.run(`${at}; ${at}=5000:7000; ${at}`);
        assert.match(values, /^2...\n5...\n$/, `512 bytes after a reset, then 4096 on ${pciAddress}`);
      }
    });

    it("carries soft RoCE on a data NIC", async () => {
      const { name } = guest.data[0];
      const links = await guest.run(`modprobe rdma_rxe; rdma link add rxe0 type rxe netdev ${name}; rdma link`);
      assert.match(links, new RegExp(`^link rxe0/1 state ACTIVE physical_state LINK_UP netdev ${name}`));
    });
  });
}

describe("the end of a Debian guest", () => {
  it("by a power cut leaves a disk that boots again, and a stopped guest leaves nothing", async function () {
    if (process.env.GPUDIRECT_TEST_GUEST_KEEP) this.skip();
    const guest = await DebianGuest.start({ owner: "networkd", name: "cut" });
    try {
      await guest.run("echo kept > /var/lib/written && sync");
      guest.powerCut();
      await guest.powerOn();
      assert.equal(await guest.run("cat /var/lib/written"), "kept\n");
    } finally {
      guest.stop();
    }
    assert.ok(!domains().includes(guest.domain));
    assert.ok(!existsSync(dirname(guest.consoleLog)));
  });
});
