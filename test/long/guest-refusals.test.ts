import assert from "node:assert/strict";
import type { Stack } from "../engine/support/stack";
import { DebianGuest } from "../guest/support/debian-guest";
import { cutConnection, holdRings, letGo, unhold, untilHeld } from "../guest/support/held-program";
import { DATA, MANAGEMENT } from "../guest/support/interfaces";
import { type NicValues, nicValues } from "../guest/support/live-values";
import { SEED_NICS } from "../guest/support/seed-values";
import { systemSnapshot } from "../guest/support/system-snapshot";
import { guestStack, TUNING, tuningOf } from "../guest/support/tuning-stack";
import { full, readOnly } from "../guest/support/unwritable";

const [FIRST, , THIRD] = DATA;

/** A way to tune the guest, and what its NICs have then. */
interface Way {
  readonly args: { readonly nicSettings: object; readonly interfaces: object; readonly sysctls: object };
  readonly nics: Readonly<Record<string, NicValues>>;
}

const ONE: Way = {
  args: { nicSettings: {}, interfaces: {}, sysctls: { "net.core.rmem_max": "4194304" } },
  nics: SEED_NICS,
};
/** Differs from the other way in every kind of setting: what fails is an update from one to the other. */
const OTHER: Way = {
  args: {
    nicSettings: { mtu: 4000, txQueueLength: 3000, rxRing: 192, txRing: 128, maxReadRequest: 1024 },
    // virtio-net takes powers of 2.
    interfaces: { [THIRD.pciAddress]: { rxRing: 128 } },
    sysctls: { "net.core.rmem_max": "2097152" },
  },
  nics: Object.fromEntries(
    DATA.map((nic) => [
      nic.name,
      { mtu: 4000, txqueuelen: 3000, rx: nic === THIRD ? 128 : 192, tx: 128, maxReadReq: 1024 },
    ]),
  ),
};

describe("a GuestTuning that cannot be", () => {
  let guest: DebianGuest;
  let stack: Stack;
  let untuned: string[];
  /** The system as the last update that went well has left it. */
  let tuned: string[];
  let now = ONE;

  const other = (): Way => (now === ONE ? OTHER : ONE);
  const dataNics = async (): Promise<Record<string, NicValues>> => {
    const { [MANAGEMENT.name]: _, ...values } = await nicValues(guest);
    return values;
  };

  function program(way: Way, more: { readonly [arg: string]: object } = {}): void {
    const args = Object.entries(way.args).map(([name, value]) => [name, { ...value, ...more[name] }]);
    stack.resources({ [TUNING]: tuningOf(guest.bySsh, { ...more, ...Object.fromEntries(args) }) });
  }

  /** An update that must fail and say so; returns what it said. */
  async function refused(...said: readonly RegExp[]): Promise<void> {
    const { code, text } = await stack.up();
    assert.notEqual(code, 0, text);
    for (const pattern of said) assert.match(text, pattern);
  }

  const assertNothingSet = async () => assert.deepEqual(await systemSnapshot(guest), tuned);

  /** The update that failed, with what it lacked: it must go through and set all. */
  async function mustGoThrough(): Promise<void> {
    now = other();
    program(now);
    await stack.mustUp();
    assert.deepEqual(await dataNics(), now.nics);
    tuned = await systemSnapshot(guest);
  }

  before(async () => {
    guest = await DebianGuest.start({ owner: "networkd", name: "refusals" });
    stack = await guestStack(guest);
    untuned = await systemSnapshot(guest);
    program(now);
    await stack.mustUp();
    tuned = await systemSnapshot(guest);
  });

  after(async () => {
    await stack?.discard();
    guest?.stop();
  });

  it("names all at once: rings above the maximum, an unknown parameter, the NIC that SSH goes by", async () => {
    const interfaces = { [THIRD.pciAddress]: { rxRing: 4096 }, [MANAGEMENT.pciAddress]: { mtu: 9000, txRing: 128 } };
    program(other(), { interfaces, sysctls: { "net.ipv4.tcp_sak": "1" } });
    const path = (address: string, setting: string) => `interfaces\\["${address}"\\]\\.${setting}`;
    await refused(
      new RegExp(`${path(THIRD.pciAddress, "rxRing")}: .*${THIRD.name}.* takes 256 descriptors at most, not 4096`),
      /sysctls\["net\.ipv4\.tcp_sak"\]: this kernel has no such parameter/,
      new RegExp(`${path(MANAGEMENT.pciAddress, "mtu")}: the default route .* goes by .*${MANAGEMENT.name}`),
      new RegExp(`${path(MANAGEMENT.pciAddress, "txRing")}: the default route .* goes by .*${MANAGEMENT.name}`),
    );
    await assertNothingSet();
  });

  it("refuses the NIC that SSH goes by among nics too", async () => {
    const nics = [...DATA, MANAGEMENT].map(({ pciAddress }) => pciAddress);
    program(other(), { nics });
    await refused(new RegExp(`nics\\[3\\]: the default route .* goes by .*${MANAGEMENT.name}.* mtu`));
    await assertNothingSet();
  });

  it("undoes the half that was done where the kernel refuses a value", async () => {
    program(other(), { sysctls: { "net.ipv4.tcp_wmem": "4096 many 4194304" } });
    await refused(/sysctls\["net\.ipv4\.tcp_wmem"\] could not be set to 4096 many 4194304/, /Nothing is set/);
    await assertNothingSet();
    await mustGoThrough();
  });

  it("refuses rings where ethtool is missing, by the name of its package", async () => {
    await guest.run("mv /usr/sbin/ethtool /usr/sbin/ethtool.away");
    program(other());
    try {
      await refused(/nicSettings\.rxRing: .*program ethtool.*install the package ethtool/);
    } finally {
      await guest.run("mv /usr/sbin/ethtool.away /usr/sbin/ethtool");
    }
    await assertNothingSet();
  });

  it("refuses a GPU's settings where nvidia-smi is missing", async () => {
    // No emulated device is a GPU: one function's ids are covered by those of one.
    const device = "/sys/bus/pci/devices/0000:00:1f.3";
    await guest.run(`cd ${device} && echo 0x10de > /run/vendor && echo 0x030200 > /run/class &&
      mount --bind /run/vendor vendor && mount --bind /run/class class`);
    program(other());
    try {
      await refused(/gpus: tuning the GPUs 0000:00:1f\.3 needs the program nvidia-smi.*install the package nvidia-smi/);
    } finally {
      await guest.run(`cd ${device} && umount vendor class && rm /run/vendor /run/class`);
    }
    await assertNothingSet();
  });

  it("sets nothing where /etc is read only, and names the file", async () => {
    const mount = await readOnly(guest, "/etc");
    program(other());
    try {
      await refused(/persistent: \/etc\/\S+ could not be written: .*Read-only file system/, /Nothing is set/);
    } finally {
      await mount.giveBack();
    }
    await assertNothingSet();
  });

  for (const folder of ["/etc/gpudirect", "/var/lib/gpudirect"]) {
    it(`sets nothing where the disk of ${folder} is full, and names the file`, async () => {
      const mount = await full(guest, folder);
      program(other());
      try {
        await refused(new RegExp(`${folder}/.*No space left on device`));
      } finally {
        await mount.giveBack();
      }
      await assertNothingSet();
    });
  }

  it("goes through once there is room again", async () => {
    await mustGoThrough();
  });

  describe("because the way to the guest ends in mid-change", () => {
    it("undoes all where the connection of SSH is cut and the change then fails", async () => {
      await holdRings(guest);
      program(other());
      const update = stack.start("up", "--yes", "--skip-preview");
      await untilHeld(guest, update);
      await cutConnection(guest);
      const { code, text } = await update.ended;
      assert.notEqual(code, 0, text);
      assert.match(text, new RegExp(`${guest.bySsh}: tune the system.*(connection|lost|ended)`));
      await letGo(guest, "fail");
      await assertNothingSet();
      await mustGoThrough();
    });

    it("makes all where the connection of SSH is cut and nothing fails: the next update finds it done", async () => {
      await holdRings(guest);
      program(other());
      const update = stack.start("up", "--yes", "--skip-preview");
      await untilHeld(guest, update);
      await cutConnection(guest);
      assert.notEqual((await update.ended).code, 0);
      await letGo(guest, "run");
      tuned = await systemSnapshot(guest);
      await mustGoThrough();
    });

    it("undoes all where the update is interrupted", async () => {
      await holdRings(guest);
      program(other());
      const update = stack.start("up", "--yes", "--skip-preview");
      await untilHeld(guest, update);
      update.interrupt();
      assert.notEqual((await update.ended).code, 0);
      await letGo(guest, "fail");
      await assertNothingSet();
      await mustGoThrough();
    });

    it("undoes all where the agent is killed", async () => {
      // The same guest by another way: its name stays, and so does all that was set.
      const { [guest.byAgent]: agent = {} } = guest.hosts();
      await stack.configure({ "gpudirect:hosts": { [guest.bySsh]: agent } });
      await holdRings(guest);
      program(other());
      const update = stack.start("up", "--yes", "--skip-preview");
      await untilHeld(guest, update);
      await guest.run("systemctl kill --kill-whom=main --signal=KILL qemu-guest-agent");
      const { code, text } = await update.ended;
      assert.notEqual(code, 0, text);
      assert.match(text, new RegExp(`${guest.bySsh}: .*agent`));
      await letGo(guest, "fail");
      await assertNothingSet();
      await guest.run("systemctl reset-failed qemu-guest-agent; systemctl start qemu-guest-agent");
      await mustGoThrough();
    });

    it("has all or nothing where the guest loses its power", async () => {
      await holdRings(guest);
      program(other());
      const update = stack.start("up", "--yes", "--skip-preview");
      await untilHeld(guest, update);
      guest.powerCut();
      const { code, text } = await update.ended;
      assert.notEqual(code, 0, text);
      await guest.powerOn();
      await unhold(guest);
      // Files come first: the boot has made all of what they say, or of what the old ones said.
      const nics = await dataNics();
      const isOld = nics[FIRST.name]?.mtu === now.nics[FIRST.name]?.mtu;
      assert.deepEqual(nics, (isOld ? now : other()).nics);
      await mustGoThrough();
    });
  });

  describe("and then a destroy", () => {
    it("gives all values back, and leaves nothing behind", async () => {
      assert.equal((await stack.destroy()).code, 0, stack.said);
      assert.deepEqual(await systemSnapshot(guest), untuned);
      assert.equal((await nicValues(guest))[FIRST.name]?.mtu, 1500);
    });
  });
});
