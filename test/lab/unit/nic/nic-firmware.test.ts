import assert from "node:assert/strict";
import { existsSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { NEW_CARD } from "../../../../lab/nic/card";
import { openCardStore, type StoreFiles } from "../../../../lab/nic/card-store";
import { NicFirmware } from "../../../../lab/nic/nic-firmware";
import { BLUEFIELD3, CONNECTX6DX, CONNECTX7, newDirectory, next, openFirmware, run, table } from "./lab-cards";

const CX7 = "0000:19:00.0";

describe("the NIC firmware of a lab host", () => {
  it("keeps each card's state in its directory", () => {
    const directory = newDirectory();
    const firmware = openFirmware({ directory });
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=4`);
    firmware.reset("warm");
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=5`);
    const again = openFirmware({ directory });
    assert.deepEqual(again.state(), firmware.state());
    assert.equal(next(again, CX7, "NUM_OF_VFS"), "5");
  });

  it("tells what PCI functions are made of at each start; until a user sets functions the host file does", () => {
    const firmware = openFirmware();
    const of = (address: string) => firmware.effects().get(address);
    assert.deepEqual(of(CX7), { ats: false });
    run(firmware, "mstconfig -d 3b:00.1 -y set ATS_ENABLED=1 SRIOV_EN=1 NUM_OF_VFS=12");
    assert.deepEqual(of("0000:3b:00.0"), { ats: false });
    firmware.reset("warm");
    assert.deepEqual(of("0000:3b:00.0"), { ats: true, virtualFunctions: 12 });
    assert.deepEqual(of("0000:3b:00.1"), { ats: true, virtualFunctions: 12 });
    assert.deepEqual(of(CX7), { ats: false });
    run(firmware, "mstconfig -d 3b:00.0 -y set SRIOV_EN=0");
    firmware.reset("warm");
    assert.deepEqual(of("0000:3b:00.0"), { ats: true, virtualFunctions: 0 });
  });

  it("loads a BlueField's configuration only when the power was off", () => {
    const firmware = openFirmware();
    const set = run(firmware, "mstconfig -d 5e:00.0 -y set ATS_ENABLED=1");
    assert.ok(set.stdout.endsWith("-I- Please power cycle machine to load new configurations.\n"), set.stdout);
    firmware.reset("warm");
    assert.equal(firmware.effects().get("0000:5e:00.0")?.ats, false);
    firmware.reset("cold");
    assert.equal(firmware.effects().get("0000:5e:00.0")?.ats, true);
  });

  it("does not answer for a card that has vanished", () => {
    const firmware = openFirmware();
    firmware.setAbsent([CX7]);
    const gone = run(firmware, "mstconfig -d 19:00.0 q");
    assert.deepEqual([gone.stdout, gone.status], ["-E- Failed to open the device\n", 3]);
    assert.ok(!run(firmware, "mstconfig q NUM_OF_VFS").stdout.includes(CX7));
    firmware.setAbsent([]);
    assert.equal(next(firmware, CX7, "NUM_OF_VFS"), "8");
  });

  it("opens no device that the host's kernel does not show, in lockdown, or for another user", () => {
    const firmware = openFirmware();
    const root = { devices: [CX7], user: "root", lockdown: "none" } as const;
    const query = (host: Parameters<typeof run>[2]) => run(firmware, "mstconfig -d 19:00.0 q NUM_OF_VFS", host);
    assert.equal(query({ host: root }).status, 0);
    const refused = "-E- Failed to open the device\n";
    assert.equal(query({ host: { ...root, devices: [] } }).stdout, refused);
    const locked = query({ host: { ...root, lockdown: "integrity" } });
    assert.deepEqual(
      [locked.stdout, locked.stderr, locked.status],
      [refused, "write counter to semaphore: Operation not permitted\n", 3],
    );
    const user = query({ host: { ...root, user: "other" } });
    assert.deepEqual([user.stdout, user.stderr], [refused, "write counter to semaphore: Permission denied\n"]);
    assert.equal(run(firmware, "mstconfig q", { host: { ...root, devices: [] } }).stdout, "-E- No devices found.\n");
  });

  it("goes back to a snapshot, on disk too", () => {
    const directory = newDirectory();
    const firmware = openFirmware({ directory });
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=4`);
    const snapshot = firmware.state();
    run(firmware, `mstconfig -d ${CX7} -y set NUM_OF_VFS=5`);
    firmware.reset("cold");
    firmware.restoreState(JSON.parse(JSON.stringify(snapshot)));
    assert.equal(next(openFirmware({ directory }), CX7, "NUM_OF_VFS"), "4");
    assert.deepEqual(firmware.effects().get(CX7), { ats: false });
    assert.throws(() => firmware.restoreState({ cx7: { ...NEW_CARD, stored: undefined } as never }), {
      message: /snapshot of adapter "cx7": stored is missing/,
    });
  });

  it("has no firmware for other adapters, and says so", () => {
    const lines: string[] = [];
    const adapters = [{ id: "e810", functions: ["0000:07:00.0"], vendor: "8086", device: "1592" }];
    const firmware = openFirmware({ adapters, log: (line) => lines.push(line) });
    assert.match(lines[0] ?? "", /adapter "e810": no firmware for 8086:1592/);
    assert.equal(run(firmware, "mstconfig -d 07:00.0 q").stdout, "-E- Failed to open the device\n");
    assert.equal(firmware.effects().size, 0);
  });

  it("tells what cards there are", () => {
    const firmware = openFirmware({ adapters: [{ ...CONNECTX7, serial: "MT2243X00001" }] });
    assert.deepEqual(firmware.inventory(), [
      {
        id: "cx7",
        functions: [CX7],
        type: "ConnectX7",
        partNumber: "MCX75310AAS-NEA_Ax",
        firmware: "28.48.1000",
        psid: "MT_0000000838",
        serial: "MT2243X00001",
      },
    ]);
  });

  it("has values that all the table's rules allow, on every card as from the factory", () => {
    const every = ["101b", "101d", "101f", "1021", "a2dc"].map((device, index) => ({
      id: device,
      functions: [`0000:${index + 1}0:00.0`, `0000:${index + 1}0:00.1`],
      vendor: "15b3",
      device,
    }));
    const firmware = openFirmware({ adapters: every });
    for (const { functions, device } of every) {
      const shown = run(firmware, `mstconfig -d ${functions[0]} -e q`);
      assert.equal(shown.status, 0, shown.stdout);
      const settings = shown.stdout
        .split("\n")
        .map((line) => /^ {8}([A-Z]\w+) .* (\w+\(\d+\)|\d+) *$/.exec(line))
        .flatMap((match) => (match ? [`${match[1]}=${(match[2] ?? "").replace(/.*\((\d+)\)/, "$1")}`] : []));
      assert.ok(settings.length > 100, `${device}: ${settings.length} parameters`);
      const answer = run(firmware, `mstconfig -d ${functions[0]} -y set ${settings.join(" ")}`);
      assert.ok(answer.status === 0, `${device}: ${answer.stdout.slice(-300)}`);
    }
  });

  it("refuses two adapters of one id, and ids that are no file names", () => {
    assert.throws(() => openFirmware({ adapters: [CONNECTX7, { ...CONNECTX6DX, id: "cx7" }] }), {
      message: /adapter "cx7": two adapters have this id/,
    });
    assert.throws(() => openFirmware({ adapters: [{ ...CONNECTX7, id: "../x" }] }), {
      message: /adapter "..\/x": its id names a file/,
    });
  });

  it("refuses a damaged state file by its name", () => {
    const directory = newDirectory();
    const path = join(directory, "cx7.json");
    for (const text of ["{", "{}", '{"stored":{"a":{"b":"c"}},"inForce":{},"atStart":{}}']) {
      writeFileSync(path, text);
      assert.throws(() => NicFirmware.open({ adapters: [CONNECTX7], table, directory }), {
        message: new RegExp(`adapter state ${path} is damaged: .*; remove it`),
      });
    }
  });
});

describe("a card's flash", () => {
  const older = { ...NEW_CARD, stored: { "tlv_P0_M-1": { a: 1 } } };
  const newer = { ...NEW_CARD, stored: { "tlv_P0_M-1": { a: 2 } } };

  /** Files of a machine whose power goes at the given step; half of what is being written is on the disk by then. */
  const cutAt = (step: number): StoreFiles => {
    let steps = 0;
    const cut = () => {
      steps += 1;
      if (steps === step) throw new Error("power cut");
    };
    return {
      open: ((path: string, flags: string) => {
        cut();
        return openSync(path, flags);
      }) as typeof openSync,
      write: (descriptor, text) => {
        writeSync(descriptor, text.slice(0, text.length / 2));
        cut();
        writeSync(descriptor, text.slice(text.length / 2));
      },
      sync: (descriptor) => {
        cut();
        fsyncSync(descriptor);
      },
      rename: (from, to) => {
        cut();
        renameSync(from, to);
      },
    };
  };

  it("has the old or the new state after a power cut at any step of a write", () => {
    const seen = new Set<string>();
    for (let step = 1; step <= 7; step += 1) {
      const directory = newDirectory();
      openCardStore(directory, "card").write(older);
      try {
        openCardStore(directory, "card", cutAt(step)).write(newer);
        seen.add("whole");
      } catch (error) {
        assert.equal((error as Error).message, "power cut");
      }
      const found = openCardStore(directory, "card").read();
      const name = JSON.stringify(found) === JSON.stringify(older) ? "old" : "new";
      assert.deepEqual(found, name === "old" ? older : newer, `step ${step}`);
      seen.add(name);
      openCardStore(directory, "card").write(newer);
      assert.deepEqual(openCardStore(directory, "card").read(), newer, "and can be written again");
    }
    assert.deepEqual([...seen].sort(), ["new", "old", "whole"]);
  });

  it("does not take a value that could not be stored", () => {
    const directory = newDirectory();
    const firmware = NicFirmware.open({ adapters: [BLUEFIELD3], table, directory });
    // A directory where the file is to be written: as good as a full disk.
    openCardStore(join(directory, "bf3.json.partial"), "x");
    assert.throws(() => run(firmware, "mstconfig -d 5e:00.0 -y set NUM_OF_VFS=4"));
    assert.equal(next(firmware, "5e:00.0", "NUM_OF_VFS"), "16");
    assert.ok(!existsSync(join(directory, "bf3.json")) || !readFileSync(join(directory, "bf3.json")).length);
  });
});
