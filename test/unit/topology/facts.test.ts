import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { barsOf } from "../../../core/topology/bar-sizes";
import { cpuListOfMask, cpuNumbers, formatCpuList } from "../../../core/topology/cpu-list";
import { parseHostFile } from "../../../core/topology/host-file";
import { sysfsLinkSpeed } from "../../../core/topology/link-speed";
import { ProbeSections } from "../../../core/topology/probe-sections";
import { configFacts, parseConfigDumps } from "../../../core/topology/sysfs-config";
import { routeFunctions } from "../../../core/topology/sysfs-net";
import {
  defaultRouteDevices,
  parseRoutes,
  parseTableRoutes,
  routeDevices,
  sessionDevices,
} from "../../../core/topology/sysfs-routes";
import { devicesByAddress } from "../../../core/topology/walk";

describe("CPU lists", () => {
  it("are written and read as the kernel does", () => {
    assert.equal(formatCpuList([8, 0, 2, 1, 1, 12, 13]), "0-2,8,12-13");
    assert.deepEqual(cpuNumbers("0-2,8"), [0, 1, 2, 8]);
    assert.deepEqual([cpuNumbers(""), formatCpuList([])], [[], ""]);
  });

  it("come from masks of 32 bits per group, however few digits a group has", () => {
    assert.equal(cpuListOfMask("ffff,ff000000"), "24-47");
    assert.equal(cpuListOfMask("00000000,80000001"), "0,31");
    assert.equal(cpuListOfMask("0"), "");
    assert.deepEqual(["0-3", "", "1,,2", "123456789", "f,".repeat(5000)].map(cpuListOfMask), Array(5).fill(undefined));
  });
});

describe("link speeds", () => {
  it("get the spelling of sysfs", () => {
    const spelt = ["16 GT/s", "16.0 GT/s PCIe", "32 GT/s PCIe", "2.5 GT/s", "8.0 GT/s"].map(sysfsLinkSpeed);
    assert.deepEqual(spelt, ["16.0 GT/s PCIe", "16.0 GT/s PCIe", "32.0 GT/s PCIe", "2.5 GT/s PCIe", "8.0 GT/s PCIe"]);
    assert.deepEqual(["Unknown", "", "16", "16 GB/s"].map(sysfsLinkSpeed), Array(4).fill(undefined));
  });
});

describe("BAR sizes", () => {
  it("are the source's, else those of known ids, else unknown", () => {
    const own = [{ index: 0, sizeBytes: 4096 }];
    assert.equal(barsOf({ vendor: "10de", device: "2330", bars: own }), own);
    assert.deepEqual(
      barsOf({ vendor: "10de", device: "20b0" })?.map(({ sizeBytes }) => sizeBytes),
      [2 ** 24, 2 ** 36, 2 ** 25],
    );
    assert.equal(barsOf({ vendor: "10de", device: "ffff" }), undefined);
    assert.equal(barsOf({}), undefined);
  });

  it("of the rehearsal's H100s are those of the table", () => {
    const file = join(__dirname, "../../../examples/h100-rehearsal/h100.host.json");
    const gpu = devicesByAddress(parseHostFile(readFileSync(file, "utf8"))).get("0000:18:00.0")?.device;
    assert.deepEqual(gpu?.bars, barsOf({ vendor: "10de", device: "2330" }));
  });
});

describe("config space", () => {
  it("is read from od's lines, repeated ones too", () => {
    const dump = parseConfigDumps([
      "@ 0000:00:00.0/config",
      "000000 86 80 00 00",
      "000004",
      "@ 0000:00:01.0/config",
      `000000${" 00".repeat(16)}`,
      "*",
      "000040",
    ]);
    assert.deepEqual([dump.get("0000:00:00.0")?.length, dump.get("0000:00:01.0")?.length], [4, 64]);
  });

  it("that loops or is all ones ends the search", () => {
    const loop = new Uint8Array(4096);
    loop.set([0x40], 0x34);
    loop.set([0x01, 0x40], 0x40);
    loop.set([0x01, 0x00, 0x01, 0x10], 0x100);
    assert.deepEqual(configFacts(loop), { capabilitiesRead: true, acs: false, ats: false });
    assert.deepEqual(configFacts(new Uint8Array(4096).fill(0xff)), { capabilitiesRead: true, acs: false, ats: false });
    assert.deepEqual(configFacts(new Uint8Array(64)), { capabilitiesRead: false });
  });
});

describe("the functions that a host is reached by", () => {
  const functionsOf = (links: Record<string, string>, sections: Record<string, readonly string[]>) => {
    const lines = Object.entries(links).map(
      ([name, target]) => `lrwxrwxrwx 1 root root 0 Jan 1 00:00 ${name} -> ${target}`,
    );
    const text = Object.entries({ "net-links": lines, ...sections })
      .map(([name, list]) => `### ${name}\n${list.join("\n")}\n`)
      .join("");
    return [...routeFunctions(new ProbeSections(`${text}### end\n`), new Map())];
  };
  const nic = (name: string, address: string) => ({
    [name]: `../../devices/pci0000:00/0000:00:01.0/${address}/net/${name}`,
  });
  const eth = { ...nic("eth0", "0000:23:00.0"), ...nic("eth1", "0000:24:00.0") };
  const header = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask";
  const toAll = (device: string) => ({
    route4: [header, `${device}\t00000000\t0100000A\t0003\t0\t0\t0\t00000000`],
  });

  it("are all ports of Open vSwitch where the route goes by an internal device of it", () => {
    const ovs = {
      ...eth,
      "br-ex": "../../devices/virtual/net/br-ex",
      "ovs-system": "../../devices/virtual/net/ovs-system",
      "ovs-system/lower_eth0": "../../../pci0000:00/0000:00:01.0/0000:23:00.0/net/eth0",
    };
    assert.deepEqual(functionsOf(ovs, toAll("br-ex")), ["0000:23:00.0"]);
    assert.deepEqual(functionsOf(ovs, toAll("eth1")), ["0000:24:00.0"], "another route leads past the switch");
  });

  it("are those of the device that holds the address in a VRF, and of every way of a route", () => {
    const table = ["local 10.0.0.2 dev eth0 table mgmt proto kernel scope host src 10.0.0.2"];
    const ssh = ["10.9.0.9 5 10.0.0.2 22"];
    assert.deepEqual(functionsOf(eth, { ssh, "table-routes4": table }), ["0000:23:00.0"]);
    const ways = [
      "default proto static \\\tnexthop via 10.0.0.1 dev eth0 weight 1 \\\tnexthop via 10.1.0.1 dev eth1 weight 1",
    ];
    assert.deepEqual(functionsOf(eth, { "table-routes4": ways }), ["0000:23:00.0", "0000:24:00.0"]);
  });
});

describe("routes of all tables", () => {
  it("are those that lead somewhere, with their table", () => {
    const lines = [
      "default via fd00::1 dev eth0 metric 1024 pref medium",
      "unreachable default dev lo table 7",
      "local fd00::2 dev eth0 table local proto kernel metric 0 pref medium",
      "fd00::/64 dev eth1 table 7 metric 256",
      "multicast ff00::/8 dev eth0 table local",
    ];
    const shown = parseTableRoutes(lines, 6).map(({ device, length, table, isLocal }) => [
      device,
      length,
      table,
      isLocal,
    ]);
    assert.deepEqual(shown, [
      ["eth0", 0, "main", false],
      ["eth0", 128, "local", true],
      ["eth1", 64, "7", false],
    ]);
  });

  it("to a session are the holder of the near address, and the way to the far one in the same table", () => {
    const routes = parseTableRoutes(
      [
        "local 10.0.0.2 dev eth0 table 10",
        "10.0.0.0/24 dev eth0 table 10",
        "default via 10.0.1.1 dev eth3 table 10",
        "default via 10.1.0.1 dev eth1 table 101",
        "default via 10.2.0.1 dev eth2",
      ],
      4,
    );
    assert.deepEqual(sessionDevices(routes, "::ffff:10.0.0.2", "172.16.0.1"), ["eth0", "eth3"]);
    assert.deepEqual(sessionDevices(routes, "", ""), []);
  });
});

describe("routes", () => {
  const route4 = [
    "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT",
    "eth0 00000000 010200C0 0003 0 0 0 00000000 0 0 0",
    "eth1 0000000A 00000000 0001 0 0 0 000000FF 0 0 0",
    "eth2 0001000A 00000000 0001 0 0 0 00FFFFFF 0 0 0",
    "eth3 0000000B 00000000 0200 0 0 0 000000FF 0 0 0",
  ];
  const zero = "0".repeat(32);
  const route6 = [
    `${zero} 00 ${zero} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 eth4`,
    `20010db8${"0".repeat(24)} 20 ${zero} 00 ${zero} 00000100 00000001 00000000 00000001 eth5`,
    `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200 lo`,
  ];
  const routes = parseRoutes(route4, route6);

  it("are the default ones of both families", () => assert.deepEqual(defaultRouteDevices(routes), ["eth0", "eth4"]));
  it("to an address are the most specific ones", () => {
    const to = (address: string) => routeDevices(routes, address).join();
    assert.deepEqual(["10.2.0.1", "10.0.1.9", "192.0.2.9", "::ffff:10.0.1.9", "11.0.0.1"].map(to), [
      "eth1",
      "eth2",
      "eth0",
      "eth2",
      "eth0",
    ]);
    assert.deepEqual(["2001:db8::1", "2001:db9::1", "fe80::1%eth0", "nonsense", "1::2::3", ""].map(to), [
      "eth5",
      "eth4",
      "eth4",
      "",
      "",
      "",
    ]);
  });
});
