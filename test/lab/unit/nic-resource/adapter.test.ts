import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { Machine } from "../../../../provider/reach/machine";
import { ReachError } from "../../../../provider/reach/reach";
import { nicParametersWaiting } from "../../../../provider/resources/nic-firmware/waiting";
import { CONNECTX6DX } from "../nic/lab-cards";
import { SimulatedHost } from "./support/simulated-host";
import { NicStack } from "./support/stack";

const [CX7, CX6DX, BF3] = ["0000:19:00.0", "0000:3b:00.0", "0000:5e:00.0"] as const;
const QUERIES = /^m(?:st|lx)config .*query/;

describe("NicFirmware on a host", () => {
  let host: SimulatedHost;
  beforeEach(async () => {
    host = await SimulatedHost.start();
  });
  afterEach(() => host.close());

  const fails = (work: Promise<unknown>, message: RegExp) => assert.rejects(work, message);

  it("sets any parameter, in whatever form it is written, of ports and of arrays too", async () => {
    const stack = new NicStack(host, CX6DX);
    const parameters = {
      LINK_TYPE_P1: "eth",
      ATS_ENABLED: true,
      NUM_OF_VFS: "0x10",
      PCI_WR_ORDERING: "force_relax",
      KEEP_ETH_LINK_UP_P2: "False",
      "HOST_CHAINING_DESCRIPTORS[3]": 5,
    };
    const { LINK_TYPE_P1: _, ...ethernet } = parameters;
    await fails(
      stack.up({ parameters }),
      /parameters\.LINK_TYPE_P1: cannot be set: ConnectX6DX .* does not support it/,
    );
    const { outputs } = await stack.up({ parameters: ethernet });
    assert.deepEqual(outputs.parameters, {
      ATS_ENABLED: 1,
      NUM_OF_VFS: 16,
      PCI_WR_ORDERING: 1,
      KEEP_ETH_LINK_UP_P2: 0,
      "HOST_CHAINING_DESCRIPTORS[3]": 5,
    });
    assert.deepEqual(outputs.functions, ["0000:3b:00.0", "0000:3b:00.1"]);
    assert.equal(outputs.partNumber, "MCX623106AN-CDA_Ax");
    assert.match(host.type("mstconfig -d 3b:00.0 q HOST_CHAINING_DESCRIPTORS[3]"), /\[3\]\s+5\s/);
    assert.deepEqual(await stack.refresh(), [], "no form of a value is drift");
    assert.deepEqual((await stack.up({ parameters: { ...ethernet, ATS_ENABLED: "True" } })).planned, []);

    const without = await stack.up({ parameters: { ATS_ENABLED: 1 } });
    assert.equal(without.planned.includes('parameters["HOST_CHAINING_DESCRIPTORS[3]"]'), true);
    assert.match(host.type("mstconfig -d 3b:00.0 q NUM_OF_VFS"), /NUM_OF_VFS\s+8\s/, "an entry taken out is as it was");
  });

  it("puts parameters of binary values, which the tool reads as hexadecimal, as they were meant", async () => {
    const { outputs } = await new NicStack(host, CX7).up({ parameters: { "MODULE_SPLIT_M0[1]": 16 } });
    assert.deepEqual(outputs.parameters, { "MODULE_SPLIT_M0[1]": 16 });
    assert.match(host.type("mstconfig -d 19:00.0 q MODULE_SPLIT_M0[1]"), /0x10\(16\)/);
  });

  it("shows what mstconfig changed behind its back as that parameter alone", async () => {
    const stack = new NicStack(host, CX7);
    await stack.up({ profile: "vmPassthrough", parameters: { NUM_OF_VFS: 4 } });
    host.type("mstconfig -d 19:00.0 -y set NUM_OF_VFS=6 SRIOV_EN=1");
    assert.deepEqual(await stack.refresh(), ["parameters.NUM_OF_VFS"]);
    host.type("mstconfig -d 19:00.0 -y reset");
    assert.deepEqual(await stack.refresh(), [
      "parameters.ADVANCED_PCI_SETTINGS",
      "parameters.P2P_ORDERING_MODE",
      "parameters.ATS_ENABLED",
      "parameters.RDMA_SELECTIVE_REPEAT_EN",
      "parameters.NUM_OF_VFS",
    ]);
  });

  it("sets what unlocks before what it unlocks, and puts back the other way round", async () => {
    const stack = new NicStack(host, CX6DX);
    const parameters = { IP_OVER_VXLAN_PORT: 4790, IP_OVER_VXLAN_EN: 1 };
    const first = await stack.up({ parameters });
    assert.match(first.warnings.join("\n"), /IP_OVER_VXLAN_PORT is not set yet: .* IP_OVER_VXLAN_EN=1/);
    assert.deepEqual((await stack.up({ parameters })).planned, ["parameters.IP_OVER_VXLAN_PORT"]);
    host.boot();
    assert.deepEqual(await stack.refresh(), []);
    host.ran.length = 0;
    assert.deepEqual(await stack.destroy(), []);
    const sets = host.ran.filter((line) => line.includes(" set ")).map((line) => line.split(" set ")[1]);
    assert.deepEqual(sets, ["IP_OVER_VXLAN_PORT=0", "IP_OVER_VXLAN_EN=0"]);
  });

  it("says what it cannot put back because it is locked again, and puts back the rest", async () => {
    const stack = new NicStack(host, CX7);
    await stack.up({ profile: "vmPassthrough" });
    host.boot();
    await stack.up({ profile: "vmPassthrough" });
    host.boot();
    host.type("mstconfig -d 19:00.0 -y set ADVANCED_PCI_SETTINGS=0");
    host.boot();
    const warnings = await stack.destroy();
    assert.match(warnings.join("\n"), /MAX_ACC_OUT_READ/);
    assert.match(host.type("mstconfig -d 19:00.0 q ATS_ENABLED"), /ATS_ENABLED\s+False\(0\)/);
  });

  it("goes on past a previous value that the card takes no more", async () => {
    const stack = new NicStack(host, CX7);
    const { outputs } = await stack.up({ profile: "vmPassthrough" });
    const warnings = await stack.putBack(outputs, { MAX_ACC_OUT_READ: 8, ATS_ENABLED: 0 });
    assert.match(warnings.join("\n"), /MAX_ACC_OUT_READ cannot be set to 8: the card does not show it/);
    assert.match(host.type("mstconfig -d 19:00.0 q ATS_ENABLED"), /ATS_ENABLED\s+False\(0\)/);
  });

  it("goes on with what a killed update has left: what is set already is not set again", async () => {
    const stack = new NicStack(host, CX7);
    host.type("mstconfig -d 19:00.0 -y set ADVANCED_PCI_SETTINGS=1");
    host.ran.length = 0;
    await stack.up({ profile: "vmPassthrough" });
    const sets = host.ran.filter((line) => line.includes(" set "));
    assert.equal(sets.length, 1);
    assert.doesNotMatch(sets[0] ?? "", /ADVANCED_PCI_SETTINGS|PCI_WR_ORDERING/);
  });

  it("refuses by name what the card or the tool does not have, before it writes anything", async () => {
    const was = host.type("mstconfig -d 3b:00.0 -e q");
    const stack = new NicStack(host, CX6DX);
    const wrong: [parameters: object, message: RegExp][] = [
      [
        { ATS_ENABLE: 1 },
        /parameters\.ATS_ENABLE: .*neither this provider nor mstconfig 4\.35\.0 knows .*did you mean ATS_ENABLED\?/,
      ],
      [
        { RDMA_SELECTIVE_REPEAT_EN: 1 },
        /RDMA_SELECTIVE_REPEAT_EN: .*ConnectX6DX .* does not support it: the firmware is too old/,
      ],
      [
        { CRYPTO_POLICY: 0 },
        /parameters\.CRYPTO_POLICY: cannot be set: the card marks it as read-only; its value is 1/,
      ],
      [
        { NUM_OF_VFS: 200, ATS_ENABLED: 1 },
        /tool refused|mstconfig refused, and set none of these: .*larger than maximum allowed 127/,
      ],
    ];
    for (const [parameters, message] of wrong) await fails(stack.up({ parameters }), message);
    const both = stack.preview({ parameters: { ATS_ENABLE: 1, CRYPTO_POLICY: 0 } });
    await fails(both, /ATS_ENABLE:[\s\S]*CRYPTO_POLICY:/);
    assert.equal(host.type("mstconfig -d 3b:00.0 -e q"), was);
    const same = await stack.up({ parameters: { CRYPTO_POLICY: "UNRESTRICTED" } });
    assert.deepEqual(Object.keys(same.outputs.locked as object), ["CRYPTO_POLICY"]);
  });

  it("refuses what is no adapter, by what it is", async () => {
    host.pci("0000:98:00.0", { vendor: "0x8086", device: "0x1572", class: "0x020000" });
    host.pci("0000:17:00.0", { vendor: "0x10de", device: "0x2330", class: "0x030200" });
    host.pci(
      "0000:3b:01.0",
      { vendor: "0x15b3", device: "0x101e", class: "0x020000" },
      { physfn: "devices/pci0000:00/0000:3b:00.0" },
    );
    const parameters = { ATS_ENABLED: 1 };
    const refused: [device: string, message: RegExp][] = [
      ["0000:98:00.0", /device: 0000:98:00\.0 is an Ethernet controller of Intel \(8086:1572\)/],
      ["0000:17:00.0", /device: 0000:17:00\.0 is a GPU of NVIDIA \(10de:2330\)/],
      ["0000:3b:01.0", /device: 0000:3b:01\.0 is a virtual function/],
      ["0000:77:00.0", /device: there is no PCI device 0000:77:00\.0 on the host/],
      ["0000:3b:00.1", /device: 0000:3b:00\.1 is not the first function .* name 0000:3b:00\.0/],
    ];
    for (const [device, message] of refused) {
      await fails((async () => new NicStack(host, device).preview({ parameters }))(), message);
    }
  });

  it("is imported by its address alone, which is looked at before it comes near a script", async () => {
    const observe = (device: string) => new NicStack(host, device).import();
    const outputs = await observe(CX7);
    assert.deepEqual([outputs?.device, outputs?.parameters, outputs?.deviceType], [CX7, {}, "ConnectX7"]);
    assert.equal(await observe("0000:77:00.0"), undefined);
    await fails(observe("0000:3b:00.1"), /name 0000:3b:00\.0/);
    host.trips = 0;
    await fails(observe("x'; reboot; '"), /is no PCI address/);
    assert.equal(host.trips, 0);
  });

  it("takes an adapter that has gone for gone, and its delete for done", async () => {
    const stack = new NicStack(host, CX7);
    await stack.up({ parameters: { ATS_ENABLED: 1 } });
    host.vanish(CX7);
    const known = stack.state;
    assert.equal(await stack.refresh(), undefined);
    stack.state = known;
    assert.deepEqual(await stack.destroy(), []);
  });

  it("tells a kernel in lockdown at plan, and keeps what was known", async () => {
    host.lockDown("none [integrity] confidentiality");
    const stack = new NicStack(host, CX7);
    await fails(
      stack.preview({ profile: "vmPassthrough" }),
      /device: mstconfig cannot open 0000:19:00\.0: the kernel is in lockdown \(integrity\); turn Secure Boot off/,
    );
    host.lockDown("[none] integrity confidentiality");
    await stack.up({ parameters: { ATS_ENABLED: 1 } });
    host.lockDown("none integrity [confidentiality]");
    assert.deepEqual(await stack.refresh(), []);
    assert.equal(stack.state?.lockdown, "confidentiality");
    await fails(
      stack.up({ parameters: { ATS_ENABLED: 0 } }),
      /lockdown \(confidentiality\).*What is to be set: ATS_ENABLED/,
    );
  });

  it("says what to install where the host has no tool, and takes the one that it has", async () => {
    const bare = await SimulatedHost.start({ programs: [] });
    const other = await SimulatedHost.start({ programs: ["mlxconfig"], release: "4.21.0" });
    try {
      await fails(new NicStack(bare, CX7).preview({ parameters: {} }), /install the package mstflint/);
      const { outputs } = await new NicStack(other, CX7).up({ parameters: { ATS_ENABLED: 1 } });
      assert.equal(outputs.tool, "mlxconfig");
    } finally {
      await Promise.all([bare.close(), other.close()]);
    }
  });

  describe("whose address has another card now", () => {
    const wanted = { parameters: { ATS_ENABLED: 1 } };
    const setsIn = ({ ran }: SimulatedHost) => ran.filter((line) => line.includes(" set "));

    it("refuses it by name, whether something is to be set or not, and writes nothing", async () => {
      const stack = new NicStack(host, CX7);
      await stack.up(wanted);
      const other = await SimulatedHost.start({ adapters: [{ ...CONNECTX6DX, functions: [CX7] }] });
      try {
        stack.host = other;
        assert.deepEqual(await stack.refresh(), ["otherCard"], "no value of the other card is taken for drift");
        assert.deepEqual(
          [stack.state?.deviceType, stack.state?.parameters],
          ["ConnectX7", { ATS_ENABLED: 1 }],
          "what is known of a card stays its own",
        );
        const refusal =
          /device: 0000:19:00\.0 is now a ConnectX6DX MCX\S+, and was a ConnectX7 MCX\S+\. If the adapter has moved, name the address .*`pulumi destroy --target`/;
        for (const inputs of [wanted, { parameters: { ATS_ENABLED: 0 } }]) {
          await fails(stack.preview(inputs), refusal);
          await fails(stack.up(inputs), refusal);
        }
        assert.deepEqual(setsIn(other), []);
        stack.host = host;
        assert.deepEqual(await stack.refresh(), [], "it is back");
        assert.equal(stack.state?.otherCard, undefined);
      } finally {
        await other.close();
      }
    });

    it("knows two of a kind apart by their serial numbers, where both are known", async () => {
      const stack = new NicStack(host, CX7);
      await stack.up(wanted);
      host.serial(CX7, "MT2301X00001");
      assert.deepEqual(await stack.refresh(), [], "it was not known before");
      assert.equal(stack.state?.serialNumber, "MT2301X00001");
      host.serial(CX7, "MT2301X00002");
      assert.deepEqual(await stack.refresh(), ["otherCard"]);
      await fails(stack.up(wanted), /is now a .*serial number MT2301X00002, and was a .*serial number MT2301X00001\./);
    });

    it("is given up by a delete, which leaves the new card alone and tells what the old one had", async () => {
      host.serial(CX7, "MT2301X00001");
      const stack = new NicStack(host, CX7);
      await stack.up(wanted);
      host.serial(CX7, "MT2301X00002");
      const was = host.type("mstconfig -d 19:00.0 -e q");
      host.ran.length = 0;
      const warnings = await stack.destroy();
      assert.match(warnings.join("\n"), /0000:19:00\.0: another adapter .* left as it is; .* had ATS_ENABLED=0 before/);
      assert.deepEqual(setsIn(host), []);
      assert.equal(host.type("mstconfig -d 19:00.0 -e q"), was);
      const { planned } = await new NicStack(host, CX7).up({ parameters: { ATS_ENABLED: 0 } });
      assert.deepEqual(planned, ["parameters.ATS_ENABLED"]);
    });
  });

  it("tells what ails the host as the machine's trouble once it is in the state, so that it ends no other's refresh", async () => {
    const stack = new NicStack(host, CX7);
    await stack.up({ parameters: { ATS_ENABLED: 1 } });
    const soft = (message: RegExp) => (error: unknown) => {
      assert.ok(error instanceof ReachError && error.phase === "refused", String(error));
      assert.match(error.message, message);
      return true;
    };
    const bare = await SimulatedHost.start({ programs: [] });
    const silent = await SimulatedHost.start();
    try {
      stack.host = bare;
      await assert.rejects(stack.refresh(), soft(/neither mstconfig nor mlxconfig is on the host/));
      await assert.rejects(new NicStack(bare, CX7).preview({ parameters: {} }), { name: "Refusal" });
      silent.pci("0000:77:00.0", { vendor: "0x15b3", device: "0x1021", class: "0x020000" });
      await assert.rejects(
        new NicStack(silent, "0000:77:00.0").preview({ parameters: {} }),
        soft(/could not read 0000:77:00\.0: /),
      );
      rmSync(join(bare.root, "sys/bus/pci"), { recursive: true });
      await assert.rejects(stack.refresh(), soft(/the script ended with 1/));
    } finally {
      await Promise.all([bare.close(), silent.close()]);
    }
  });

  it("does not mistake an earlier reason for the last one, of a card that cannot be asked", async () => {
    const stack = new NicStack(host, CX7);
    await stack.up({ parameters: { ATS_ENABLED: 1 } });
    stack.state = { ...stack.state, heldBy: "domain train-0", notAsked: "it was held" };
    host.lockDown("none [integrity] confidentiality");
    await stack.refresh();
    assert.deepEqual([stack.state?.heldBy, stack.state?.notAsked === "it was held"], [undefined, false]);
  });

  describe("whose adapter is passed through", () => {
    const argv = ["qemu-system-x86_64", "-name", "guest=train,,0,debug-threads=on", "-S"];

    it("does not touch it while a domain holds one of its ports, and tells what was known", async () => {
      const stack = new NicStack(host, CX6DX);
      await stack.up({ parameters: { ATS_ENABLED: 1 } });
      host.giveToVfio("0000:3b:00.1", 45);
      assert.deepEqual(await stack.refresh(), [], "bound, and not taken");
      assert.equal(stack.state?.heldBy, undefined);
      host.open(4711, "dev/vfio/45", argv);
      host.ran.length = 0;
      assert.deepEqual(await stack.refresh(), []);
      assert.equal(stack.state?.heldBy, "domain train,0");
      assert.deepEqual(stack.state?.parameters, { ATS_ENABLED: 1 });
      assert.deepEqual(
        host.ran.filter((line) => line.includes("3b:00")),
        [],
        "not even asked",
      );
      const refused = stack.up({ parameters: { ATS_ENABLED: 0, NUM_OF_VFS: 4 } });
      await fails(
        refused,
        /device: 0000:3b:00\.0 is held by domain train,0 and is left alone; .*What is to be set: ATS_ENABLED, NUM_OF_VFS/,
      );
      assert.deepEqual((await stack.up({ parameters: { ATS_ENABLED: 1 } })).planned, []);
      await fails(new NicStack(host, CX6DX).preview({ parameters: {} }), /held by domain train,0.*never been read/);
      await fails(stack.destroy(), /held by domain train,0/);
    });

    it("keeps all that was known of it, the profile too", async () => {
      const stack = new NicStack(host, CX7);
      await stack.up({ profile: "vmPassthrough" });
      const known = stack.state;
      host.giveToVfio(CX7, 46);
      host.open(4711, "dev/vfio/46", argv);
      assert.deepEqual(await stack.refresh(), []);
      const { heldBy, notAsked, ...held } = stack.state ?? {};
      assert.equal(heldBy, "domain train,0");
      assert.match(String(notAsked), /held by domain train,0/);
      assert.deepEqual(held, known);
    });

    it("names a process where there is no domain, by iommufd's device too", async () => {
      host.giveToVfio(CX7, 46);
      host.kernel.directory("sys/devices/pci0000:00/0000:19:00.0/vfio-dev/vfio3");
      host.open(815, "dev/vfio/devices/vfio3", ["dpdk-testpmd", "-l", "0-3"]);
      await fails(new NicStack(host, CX7).preview({ parameters: {} }), /held by process 815 \(dpdk-testpmd\)/);
      await new NicStack(host, BF3).preview({ parameters: {} });
    });
  });

  it("is asked once for all its adapters at a moment, and for one alone while it is written to", async () => {
    const machine = new Machine({ name: "node7", reach: host });
    const stacks = [CX7, CX6DX, BF3].map((device) => new NicStack(host, device, machine));
    host.trips = 0;
    await Promise.all(stacks.map((stack) => stack.preview({ profile: "vmPassthrough" })));
    assert.equal(host.trips, 1);
    assert.equal(host.ran.filter((line) => QUERIES.test(line)).length, 3);
    host.ran.length = 0;
    await new NicStack(host, CX7).up({ parameters: { ATS_ENABLED: 1 } });
    const asked = host.ran.filter((line) => QUERIES.test(line));
    assert.equal(asked.length, 2, "before the write and after it");
    assert.ok(asked.every((line) => line.includes(CX7)));
  });

  it("tells what waits for a boot on any of its adapters", async () => {
    host.type("mstconfig -d 5e:00.0 -y set SRIOV_EN=0 NUM_OF_VFS=4");
    const { reading: machine } = new Machine({ name: "node7", reach: host });
    const waiting = await nicParametersWaiting({ machine, signal: new AbortController().signal });
    assert.deepEqual(waiting.sort(), [`${BF3} NUM_OF_VFS: 16 → 4`, `${BF3} SRIOV_EN: 1 → 0`]);
  });

  it("tells firmware and PSID where the driver knows them", async () => {
    const ib = `sys/devices/pci0000:00/${CX7}/infiniband/mlx5_0`;
    host.kernel.file(`${ib}/fw_ver`, "28.48.1000\n");
    host.kernel.file(`${ib}/board_id`, "MT_0000000838\n");
    const { outputs } = await new NicStack(host, CX7).up({ parameters: { ATS_ENABLED: 1 } });
    assert.deepEqual([outputs.firmwareVersion, outputs.psid], ["28.48.1000", "MT_0000000838"]);
  });
});
