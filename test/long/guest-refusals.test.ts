import assert from "node:assert/strict";
import type { Stack } from "../engine/support/stack";
import { DebianGuest } from "../guest/support/debian-guest";
import { cutConnection, holdRings, letGo, unhold, untilHeld } from "../guest/support/held-program";
import { DATA, MANAGEMENT } from "../guest/support/interfaces";
import { type NicValues, nicValues } from "../guest/support/live-values";
import { refusedUpdate } from "../guest/support/refused-update";
import { systemSnapshot } from "../guest/support/system-snapshot";
import { guestStack, TUNING, tuningOf } from "../guest/support/tuning-stack";
import { argumentsOf, ONE_WAY, OTHER_WAY, type Way } from "../guest/support/tuning-ways";
import { withFullFolder } from "../guest/support/unwritable";

const [FIRST, , THIRD] = DATA;

describe("a GuestTuning that cannot be", () => {
  let guest: DebianGuest;
  let stack: Stack;
  let untuned: string[];
  /** The system as the last update that went well has left it. */
  let tuned: string[];
  let now = ONE_WAY;

  const other = (): Way => (now === ONE_WAY ? OTHER_WAY : ONE_WAY);
  const dataNics = async (): Promise<Record<string, NicValues>> => {
    const { [MANAGEMENT.name]: _, ...values } = await nicValues(guest);
    return values;
  };

  function program(way: Way, more: { readonly [arg: string]: object } = {}): void {
    stack.resources({ [TUNING]: tuningOf(guest.bySsh, argumentsOf(way, more)) });
  }

  const refused = (...said: readonly RegExp[]): Promise<void> => refusedUpdate(stack, ...said);
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

  it("sets nothing where the disk of the list of files is full, and names the file", async () => {
    program(other());
    await withFullFolder(guest, "/var/lib/gpudirect", () =>
      refused(/\/var\/lib\/gpudirect\/.*No space left on device/),
    );
    await assertNothingSet();
  });

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
      await letGo(guest, "fail");
      assert.notEqual(code, 0, text);
      assert.match(text, new RegExp(`${guest.bySsh}: tune the system: .*connection`));
      await assertNothingSet();
      await mustGoThrough();
    });

    it("makes all where the connection of SSH is cut and nothing fails: the next update finds it done", async () => {
      await holdRings(guest);
      program(other());
      const update = stack.start("up", "--yes", "--skip-preview");
      await untilHeld(guest, update);
      await cutConnection(guest);
      const { code, text } = await update.ended;
      await letGo(guest, "run");
      assert.notEqual(code, 0, text);
      tuned = await systemSnapshot(guest);
      await mustGoThrough();
    });

    it("undoes all where the update is interrupted", async () => {
      await holdRings(guest);
      program(other());
      const update = stack.start("up", "--yes", "--skip-preview");
      await untilHeld(guest, update);
      update.interrupt();
      const { code, text } = await update.ended;
      await letGo(guest, "fail");
      assert.notEqual(code, 0, text);
      await assertNothingSet();
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
