import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../engine/support/stack";
import { DebianGuest } from "../guest/support/debian-guest";
import { DATA } from "../guest/support/interfaces";
import { type NicValues, nicValues } from "../guest/support/live-values";
import { driftPath, NIC_DRIFT } from "../guest/support/nic-drift";
import { SEED_NICS } from "../guest/support/seed-values";
import { systemSnapshot } from "../guest/support/system-snapshot";
import { guestStack, TUNING, tuningOf } from "../guest/support/tuning-stack";
import { plannedChanges } from "../lab/support/lab-stack";

const [FIRST, SECOND, THIRD] = DATA;
const MANIFEST = "/var/lib/gpudirect/guest-tuning.sha256";

/** Files of persistent settings on a guest of networkd's, as the documentation lists them. */
const FILES = [
  "/etc/gpudirect/guest-tuning.conf",
  "/etc/sysctl.d/99-zz-gpudirect.conf",
  "/etc/systemd/network/20-data0.network.d/99-zz-gpudirect.conf",
  "/etc/systemd/network/20-data1.network.d/99-zz-gpudirect.conf",
  "/etc/systemd/network/20-data2.network.d/99-zz-gpudirect.conf",
  "/etc/systemd/system/gpudirect-guest-tuning.service",
  "/etc/systemd/system/multi-user.target.wants/gpudirect-guest-tuning.service",
  "/etc/udev/rules.d/99-zz-gpudirect.rules",
  "/usr/local/sbin/gpudirect-guest-tuning",
];

/** GPUs of the stand-in for nvidia-smi; the second one cannot lock its memory clock. */
const [WHOLE, LACKING] = ["0000:17:00.0", "0000:65:00.0"];
const NVIDIA_SMI = readFileSync(join(__dirname, "..", "guest", "support", "nvidia-smi.sh"), "utf8");

describe("drift of a tuned guest", () => {
  let guest: DebianGuest;
  let stack: Stack;
  let untuned: string[];
  let values: Record<string, NicValues>;

  before(async () => {
    guest = await DebianGuest.start({ owner: "networkd", name: "drift" });
    stack = await guestStack(guest);
    untuned = await systemSnapshot(guest);
    values = await nicValues(guest);
    stack.resources({ [TUNING]: tuningOf(guest.bySsh) });
    await stack.mustUp();
  });

  after(async () => {
    await stack?.discard();
    // Of a guest that is kept for the next run.
    await guest?.tryRun("rm -rf /usr/bin/nvidia-smi /run/nvidia-fixture");
    guest?.stop();
  });

  const planned = async (): Promise<string[]> => (await plannedChanges(stack))[TUNING] ?? [];

  /** What the stand-in was told, a line `CARD.SETTING VALUE` each. */
  const told = async (): Promise<string[]> =>
    (await guest.run("cd /run/nvidia-fixture && grep '' * | tr ':' ' ' | sed 's/^00000000 //'")).trim().split("\n");

  it("of each setting of a NIC shows by its path as it comes, and one update mends all", async () => {
    const seen: string[] = [];
    for (const [setting, drift] of Object.entries(NIC_DRIFT)) {
      await guest.run(drift(FIRST));
      seen.push(driftPath(FIRST, setting));
      assert.deepEqual(await planned(), [...seen].sort());
    }
    await guest.run([SECOND, THIRD].flatMap((nic) => Object.values(NIC_DRIFT).map((drift) => drift(nic))).join("\n"));
    await stack.mustUp();
    assert.deepEqual(await nicValues(guest), { enp1s0: values.enp1s0, ...SEED_NICS });
  });

  it("of one kernel parameter shows alone", async () => {
    await guest.run("sysctl -q -w net.ipv4.tcp_rmem='4096 87380 6291456'");
    assert.deepEqual(await planned(), ['update sysctls["net.ipv4.tcp_rmem"]']);
    await stack.mustUp();
    await stack.mustBeSettled();
  });

  it("of each file shows as persistent, and the file is named; all at once are mended", async () => {
    const listed = await guest.run(`sed 's/^[0-9a-f]*  //' ${MANIFEST} | sort`);
    assert.deepEqual(listed.trim().split("\n"), FILES);
    for (const [index, file] of FILES.entries()) {
      // A line at the end of a link's file would be one of its target's.
      const harm = index % 2 === 0 ? `rm ${file}` : `echo '# changed' >> ${file}`;
      await guest.run(`cp -aP ${file} /run/kept; ${harm}`);
      assert.deepEqual(await planned(), ["update persistent"], file);
      if (index === 0) {
        assert.equal((await stack.refresh()).code, 0);
        assert.deepEqual((await stack.resource(TUNING))?.outputs?.damaged, [file]);
      }
      await guest.run(`rm -f ${file}; cp -aP /run/kept ${file}; rm -f /run/kept`);
    }
    await stack.mustBeSettled();
    await guest.run(`rm ${FILES.join(" ")}`);
    assert.deepEqual(await planned(), ["update persistent"]);
    await stack.mustUp();
    await guest.run(`sha256sum --quiet -c ${MANIFEST} && systemctl is-enabled gpudirect-guest-tuning.service`);
  });

  it("of the list of its files shows as persistent, and is mended", async () => {
    await guest.run(`rm ${MANIFEST}`);
    assert.deepEqual(await planned(), ["update persistent"]);
    await stack.mustUp();
    await stack.mustBeSettled();
    await guest.run(`sha256sum --quiet -c ${MANIFEST}`);
  });

  it("an adapter taken out of the program gets its values back, and the others keep theirs", async () => {
    const nics = [FIRST.pciAddress, SECOND.pciAddress];
    const own = { [SECOND.pciAddress]: { mtu: 1500 }, [THIRD.pciAddress]: { mtu: 4000 } };
    stack.resources({ [TUNING]: tuningOf(guest.bySsh, { nics, interfaces: own }) });
    await stack.mustUp();
    const third = { ...values[THIRD.name], mtu: 4000 };
    // Without jumbo frames vmxnet3 has its ring of 4096 in full.
    const second = { ...SEED_NICS[SECOND.name], mtu: 1500, rx: 4096 };
    const single = { [SECOND.name]: second, [THIRD.name]: third };
    assert.deepEqual(await nicValues(guest), { enp1s0: values.enp1s0, ...SEED_NICS, ...single });

    stack.resources({ [TUNING]: tuningOf(guest.bySsh, { nics }) });
    const taken = `delete interfaces["${THIRD.pciAddress}"].mtu`;
    // What boots make of it goes too.
    const paths = [driftPath(SECOND, "mtu"), driftPath(SECOND, "rxRing"), taken, "update atBoot"];
    assert.deepEqual(await planned(), paths.sort());
    await stack.mustUp();
    const given = { [THIRD.name]: values[THIRD.name] };
    assert.deepEqual(await nicValues(guest), { enp1s0: values.enp1s0, ...SEED_NICS, ...given });
    await stack.mustBeSettled();
  });

  describe("and its GPUs", () => {
    before(async () => {
      await guest.run("cat > /usr/bin/nvidia-smi && chmod 755 /usr/bin/nvidia-smi", NVIDIA_SMI);
    });

    const ALL = [
      "17 00.0.application 1593,1410",
      "17 00.0.cuda 1",
      "17 00.0.graphics 1410,1410",
      "17 00.0.memory 1593,1593",
      "17 00.0.persistence Enabled",
      "65 00.0.application 1593,1410",
      "65 00.0.cuda 1",
      "65 00.0.graphics 1410,1410",
      "65 00.0.persistence Enabled",
    ];

    it("persistence and clocks are set to the highest, what a card lacks is told and no failure", async () => {
      const { code, text } = await stack.up();
      assert.equal(code, 0, text);
      assert.match(text, new RegExp(`gpuClocks\\["${LACKING}"\\]\\.lockedMemoryClock is left out: .*not supported`));
      assert.deepEqual(await told(), ALL);
      const outputs = (await stack.resource(TUNING))?.outputs as { cards: Record<string, { unsupported: object }> };
      assert.deepEqual(outputs.cards[WHOLE]?.unsupported, {});
      assert.deepEqual(Object.keys(outputs.cards[LACKING]?.unsupported ?? {}), ["lockedMemoryClock"]);
      await stack.mustBeSettled();
    });

    it("drift of persistence and application clocks shows, and is mended", async () => {
      await guest.run(`nvidia-smi -i ${WHOLE} -pm 0 && nvidia-smi -i ${WHOLE} -rac`);
      assert.deepEqual(await planned(), [
        `update gpuClocks["${WHOLE}"].applicationClocks`,
        `update gpuClocks["${WHOLE}"].persistence`,
      ]);
      await stack.mustUp();
      assert.deepEqual(await told(), ALL);
    });

    it("a reboot loses all of it, and the boot makes it again", async () => {
      await guest.reboot();
      assert.deepEqual(await told(), ALL);
      await stack.mustBeSettled();
    });
  });

  describe("and a destroy", () => {
    it("gives all values back, and leaves nothing behind", async () => {
      assert.equal((await stack.destroy()).code, 0, stack.said);
      assert.deepEqual(await systemSnapshot(guest), untuned);
      const given = ["application 1215,1095", "cuda 0", "persistence Disabled"];
      assert.deepEqual(
        await told(),
        ["17", "65"].flatMap((bus) => given.map((value) => `${bus} 00.0.${value}`)),
      );
    });
  });
});
