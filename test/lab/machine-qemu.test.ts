import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configFacts } from "../../core/topology/sysfs-config";
import { FACTORY_BIOS_EFFECTS } from "../../lab/hardware/bios-effects";
import type { Hardware } from "../../lab/hardware/hardware";
import { simulatedAddresses } from "../../lab/machine/deal-addresses";
import { machineArguments } from "../../lab/machine/machine-arguments";
import type { MachinePlan, PlannedFunction } from "../../lab/machine/machine-plan";
import { planMachine } from "../../lab/machine/plan-machine";
import { generationOf } from "../../lab/registers/config-values";
import { type LiveFault, writeLiveFaults } from "../../lab/registers/live-faults";
import { registerRules } from "../../lab/registers/register-rules";
import { bridge, endpoint, hardware, hostOf, LAB_HOSTS, labHost } from "./unit/machine/hosts";
import { QemuMachine, type QemuOptions } from "./unit/machine/qemu-machine";

/** Registers of the PCI Express capability (PCI Express base specification, 7.5.3). */
const DEVCTL = 0x08;
const LNKCAP = 0x0c;
const LNKSTA = 0x12;
const READ_REQUEST = 0x7000;
const PAYLOAD = 0x00e0;

const word = (bytes: Uint8Array, at: number) => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");

function capability(bytes: Uint8Array, id: number): number {
  let at = bytes[0x34] ?? 0;
  while (at !== 0 && bytes[at] !== id) at = bytes[at + 1] ?? 0;
  return at;
}

function extended(bytes: Uint8Array, id: number): number {
  let at = 0x100;
  while (at !== 0 && word(bytes, at) !== id) at = word(bytes, at + 2) >> 4;
  return at;
}

/** A function of config space in the terms of the host file. */
function seen(bytes: Uint8Array) {
  const { capabilitiesRead: _, ...facts } = configFacts(bytes);
  const express = capability(bytes, 0x10);
  const link = express === 0 ? 0 : word(bytes, express + LNKCAP);
  return {
    vendor: hex(word(bytes, 0), 4),
    device: hex(word(bytes, 2), 4),
    class: hex(bytes[11] ?? 0, 2) + hex(word(bytes, 9), 4),
    ...facts,
    header: (bytes[0x0e] ?? 0) & 0x7f,
    generation: link & 0xf,
    width: (link >> 4) & 0x3f,
  };
}

/** The same of the host file; a bridge to conventional PCI without PCI Express has no port type in config space. */
function wanted({ device, express }: PlannedFunction) {
  return {
    vendor: device.vendor,
    device: device.device,
    class: device.class,
    ...(device.port === undefined || !express ? {} : { port: device.port }),
    acs: device.acs ?? false,
    ats: device.ats ?? false,
    ...(device.virtualFunctions ? { virtualFunctions: device.virtualFunctions } : {}),
    ...(device.serial ? { serial: device.serial } : {}),
    header: device.port === undefined ? 0 : 1,
    generation: generationOf(device.maxLinkSpeed),
    width: device.maxLinkWidth ?? 0,
  };
}

describe("a simulated machine in QEMU", function () {
  this.timeout(180_000);
  const running: QemuMachine[] = [];
  const spawn = async (plan: MachinePlan, options: QemuOptions) => {
    const machine = await QemuMachine.spawn(plan, options);
    running.push(machine);
    return machine;
  };
  const start = async (plan: MachinePlan, change: Partial<Hardware> = {}, more: readonly string[] = []) => {
    const machine = await (await spawn(plan, { hardware: hardware(change), more })).ready();
    await machine.firmwareDone();
    return machine;
  };
  afterEach(async () => {
    for (const machine of running.splice(0)) await machine.stop();
  });

  const byId = (plan: MachinePlan, addresses: ReadonlyMap<string, string>) =>
    new Map(
      plan.functions.flatMap(({ id, device }) => {
        const address = addresses.get(device.address);
        return address === undefined ? [] : [[id, address] as const];
      }),
    );
  const planned = async (machine: QemuMachine, plan: MachinePlan) => {
    const ids = new Set(plan.functions.map(({ id }) => id));
    return new Map([...(await machine.addresses())].filter(([id]) => ids.has(id)));
  };
  const sorted = (map: ReadonlyMap<string, string>) => [...map].sort();

  for (const name of LAB_HOSTS) {
    it(`has the addresses, ids and capabilities of ${name}`, async () => {
      const plan = planMachine(labHost(name));
      const machine = await start(plan);
      assert.deepEqual(sorted(await planned(machine, plan)), sorted(byId(plan, plan.addresses)));
      for (const planned of plan.functions) {
        const config = await machine.config(plan.addresses.get(planned.device.address) as string);
        assert.deepEqual(seen(config), wanted(planned), planned.device.address);
        if (planned.device.port === undefined) {
          assert.deepEqual([...config.subarray(0x10, 0x28)], Array(24).fill(0), `BARs of ${planned.device.address}`);
        }
      }
    });
  }

  it("has what is rare: bridges on root buses and behind bridges, 40 root complexes, holes in slots", async () => {
    const rare = [
      endpoint("0000:10:00.0", { class: "060000" }),
      bridge("0000:10:00.1", "pci-bridge", [
        bridge("0000:11:05.0", "pci-bridge", [
          endpoint("0000:12:01.0"),
          endpoint("0000:12:1f.7"),
          endpoint("0000:12:1f.0"),
        ]),
        endpoint("0000:11:00.0"),
        endpoint("0000:11:00.3"),
      ]),
      bridge("0000:10:1f.0", "root-port", [bridge("0000:13:00.0", "upstream-port", [endpoint("0000:14:00.0")])]),
    ];
    const others = Array.from({ length: 39 }, (_, index) => {
      const address = `0000:${hex(0x40 + 2 * index, 2)}`;
      return { address, devices: [endpoint(`${address}:1d.0`, { maxLinkSpeed: "8.0 GT/s PCIe", maxLinkWidth: 4 })] };
    });
    const plan = planMachine(hostOf([], { pciRoots: [{ address: "0000:10", devices: rare }, ...others] }));
    const machine = await start(plan);
    assert.deepEqual(sorted(await planned(machine, plan)), sorted(byId(plan, plan.addresses)));
    const alone = seen(await machine.config("0000:40:1d.0"));
    assert.deepEqual(
      [alone.vendor, alone.port, alone.header, alone.generation, alone.width],
      ["10de", undefined, 0, 3, 4],
    );
  });

  it("is numbered as told where a switch has vanished", async () => {
    const plan = planMachine(labHost("nested-switches"));
    const vanished = new Set(["0000:18:00.0"]);
    const machine = await start(plan, { vanished });
    const addresses = simulatedAddresses(plan, vanished);
    assert.equal(addresses.get("0000:20:00.0"), "0000:19:00.0");
    assert.deepEqual(sorted(await planned(machine, plan)), sorted(byId(plan, addresses)));
  });

  describe("has registers that", () => {
    const plan = planMachine(labHost("h100"));
    const NIC = "0000:19:00.0";
    const PORT = "0000:17:01.0";
    const ROOT_PORT = "0000:15:01.0";
    const UPSTREAM = "0000:16:00.0";

    it("take what is written until the machine is reset", async () => {
      const machine = await start(plan, { adapters: new Map([[NIC, { ats: true }]]) });
      const nic = await machine.config(NIC);
      const port = await machine.config(PORT);
      const [devctl, ats] = [capability(nic, 0x10) + DEVCTL, extended(nic, 0x0f) + 6];
      const [sriov, acs] = [extended(nic, 0x10), extended(port, 0x0d) + 6];
      const values = async () => {
        const [a, b] = [await machine.config(NIC), await machine.config(PORT)];
        return [word(a, devctl), word(a, ats), word(a, sriov + 8), word(a, sriov + 0x10), word(b, acs)];
      };
      assert.deepEqual(await values(), [0x2810, 0, 0, 0, 0]);
      await machine.write(NIC, devctl, 0x5830);
      await machine.write(NIC, ats, 0x8003);
      await machine.write(NIC, sriov + 8, 0x8);
      await machine.write(NIC, sriov + 0x10, 4);
      await machine.write(PORT, acs, 0xffff);
      assert.deepEqual(await values(), [0x5830, 0x8003, 0x8, 4, 0x5f], "bits that are not implemented stay 0");
      await machine.execute("system_reset");
      await machine.firmwareDone(2);
      assert.deepEqual(await values(), [0x2810, 0, 0, 0, 0]);
    });

    it("are forgotten at a reset by the bridge above, and but for MaxPayload at a function's own", async () => {
      const machine = await start(plan);
      const devctl = capability(await machine.config(NIC), 0x10) + DEVCTL;
      const value = async () => word(await machine.config(NIC), devctl);
      await machine.write(NIC, devctl, 0x5030);
      await machine.write(NIC, devctl, 0x5030 | 0x8000);
      assert.equal((await value()) & (READ_REQUEST | PAYLOAD), 0x2020);
      await machine.write(NIC, devctl, 0x5030);
      await machine.write(PORT, 0x3e, 0x40);
      await machine.write(PORT, 0x3e, 0);
      assert.equal((await value()) & (READ_REQUEST | PAYLOAD), 0x2000);
    });

    it("cannot be written where they are fixed", async () => {
      const machine = await start(plan);
      const before = await machine.config(NIC);
      const express = capability(before, 0x10);
      for (const at of [0, 2, 8, 0x10, 0x18, 0x2c, express + LNKCAP, express + LNKSTA, extended(before, 3) + 4]) {
        await machine.write(NIC, at, word(before, at) ^ 0xffff);
        assert.equal(word(await machine.config(NIC), at), word(before, at), `register ${at.toString(16)}`);
      }
    });

    it("follow the BIOS settings", async () => {
      const bios = { ...FACTORY_BIOS_EFFECTS, acs: false, sriov: false, maxReadRequest: 4096 as const };
      const machine = await start(plan, { bios, adapters: new Map([[NIC, { ats: true }]]) });
      for (const { device } of plan.functions) {
        const facts = seen(await machine.config(plan.addresses.get(device.address) as string));
        assert.equal(facts.acs, false, `ACS of ${device.address}`);
        assert.equal(facts.virtualFunctions, undefined, `SR-IOV of ${device.address}`);
        assert.equal(facts.ats, device.ats === true || device.address === NIC, `ATS of ${device.address}`);
      }
      const nic = await machine.config(NIC);
      assert.equal(word(nic, capability(nic, 0x10) + DEVCTL) & READ_REQUEST, 0x5000);
    });

    it("show a link that trained down at both ends, and what it could be", async () => {
      const machine = await start(plan, { trained: new Map([[NIC, { generation: 1, width: 4 }]]) });
      for (const address of [NIC, PORT]) {
        const config = await machine.config(address);
        const express = capability(config, 0x10);
        assert.equal(word(config, express + LNKSTA) & 0x3ff, 0x041, address);
        assert.equal(word(config, express + LNKCAP) & 0x3ff, 0x105, address);
      }
    });

    it("fail while the machine runs, and come back", async () => {
      const machine = await start(plan);
      const status = async (address: string) => {
        const config = await machine.config(address);
        return word(config, capability(config, 0x10) + LNKSTA) & 0x3ff;
      };
      const faults = (entries: [string, LiveFault][]) => writeLiveFaults(machine.faults, plan, new Map(entries));
      const before = await machine.config(NIC);
      const devctl = capability(before, 0x10) + DEVCTL;
      faults([[UPSTREAM, { kind: "off-the-bus" }]]);
      for (const address of [UPSTREAM, PORT, NIC]) {
        assert.ok(
          (await machine.config(address)).every((byte) => byte === 0xff),
          `${address} answers ones`,
        );
      }
      assert.equal(word(await machine.config(ROOT_PORT), 0), 0x8086, "what is above still answers");
      await machine.write(NIC, devctl, 0x5030);
      faults([[NIC, { kind: "trained", link: { generation: 2, width: 8 } }]]);
      assert.deepEqual([await status(NIC), await status(PORT), await status("0000:18:00.0")], [0x082, 0x082, 0x105]);
      faults([]);
      assert.deepEqual(await machine.config(NIC), before, "the write was lost");
    });

    it("are saved and loaded with the machine, whatever links had trained to", async () => {
      const directory = mkdtempSync(join(tmpdir(), "gpudirect-state-"));
      try {
        const disk = join(directory, "state.qcow2");
        execFileSync("qemu-img", ["create", "-q", "-f", "qcow2", disk, "1M"]);
        const drive = ["-drive", `if=none,id=state,format=qcow2,file=${disk}`];
        const trained = new Map([[NIC, { generation: 1, width: 4 }]]);
        const first = await start(plan, { trained }, drive);
        const devctl = capability(await first.config(NIC), 0x10) + DEVCTL;
        await first.write(NIC, devctl, 0x5830);
        assert.equal(await first.hmp("savevm base"), "");
        const saved = await first.config(NIC);
        await running.pop()?.stop();
        const second = await spawn(plan, { hardware: hardware(), more: [...drive, "-loadvm", "base"] });
        await second.ready();
        assert.deepEqual(await second.config(NIC), saved);
        assert.equal(word(await second.config(NIC), devctl), 0x5830);
        assert.deepEqual(sorted(await planned(second, plan)), sorted(byId(plan, plan.addresses)));
      } finally {
        rmSync(directory, { recursive: true });
      }
    });
  });

  describe("does not start", () => {
    const plan = planMachine(hostOf([bridge("0000:10:01.0", "root-port", [endpoint("0000:11:00.0")])]));
    const cases: [what: string, rule: string, said: RegExp][] = [
      ["for a rule that names no device", "f0000-99-00-0 vendor=0x10de\n", /f0000-99-00-0.*QEMU has no such device/],
      ["for two rules for a device", "f0000-11-00-0 fault=0\nf0000-11-00-0 fault=0\n", /two rules for f0000-11-00-0/],
      ["for a rule that it does not know", "f0000-11-00-0 color=1\n", /"color=1" is no rule/],
      ["for a value that is no number", "f0000-11-00-0 vendor=nvidia\n", /vendor has no number at "nvidia"/],
      ["for a bridge without a rule", "f0000-11-00-0 above=f0000-10-01-0\n", /above=f0000-10-01-0 has no rule/],
      ["for a fault without a record", "f0000-11-00-0 fault=7\n", /faults .* have no record 7/],
    ];
    for (const [what, rules, said] of cases) {
      it(what, async () => {
        const end = await (await spawn(plan, { hardware: hardware(), rules })).ended();
        assert.equal(end.status, 1);
        assert.match(end.said, said);
      });
    }

    it("where the rules ask PCI Express of a device that has none", async () => {
      const host = hostOf([bridge("0000:10:01.0", "pci-bridge", [endpoint("0000:11:01.0")])]);
      const conventional = planMachine(host);
      const rules = `${registerRules(conventional, hardware()).trimEnd()} ats=0x20\n`;
      const end = await (await spawn(conventional, { hardware: hardware(), rules })).ended();
      assert.equal(end.status, 1);
      assert.match(end.said, /f0000-11-01-0: "ats=0x20" is no rule for a conventional function/);
    });
  });

  it("takes the arguments of the smallest size", () => {
    assert.ok(machineArguments(planMachine(hostOf([])), hardware(), { memoryMiB: 128, cpus: 1 }).includes("128M"));
  });
});
