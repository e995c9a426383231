import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, it } from "mocha";
import type { AdapterFacts } from "../../../../core/guest/settings";
import { FIRST, FIRST_NAME, SECOND, SECOND_NAME } from "./example";
import { FakeSystem, facts, scriptOf, type Values } from "./system";

const NIC = { mtu: 1500, txQueueLength: 1000, rxRing: 1024, txRing: 1024, maxReadRequest: 512 };
const before: Values = { persistent: false, sysctls: {}, interfaces: { [FIRST]: NIC, [SECOND]: NIC }, gpuClocks: {} };
/** The second adapter, that of management, is not asked for: its values are those that it has. */
const tuned: Values = { persistent: true, sysctls: {}, interfaces: { [FIRST]: { mtu: 9000 } }, gpuClocks: {} };

/** A system whose interfaces have an owner, and files of that owner. */
function owned(files: Readonly<Record<string, string>>): FakeSystem {
  const system = new FakeSystem();
  system.adapter(FIRST, FIRST_NAME, { mtu: 1500, txQueueLength: 1000, ring: 1024 });
  system.adapter(SECOND, SECOND_NAME, { mtu: 1500, txQueueLength: 1000, ring: 1024 });
  for (const [path, text] of Object.entries(files)) system.write(`root${path}`, text);
  return system;
}

const adaptersOf = (owner: Partial<AdapterFacts>) => ({
  [FIRST]: facts(FIRST_NAME, owner),
  [SECOND]: facts(SECOND_NAME, { ...owner, carriesRoute: true }),
});

/** Files that were not there, with their text; the script that is the same on every system without its own. */
function written(system: FakeSystem, untouched: Readonly<Record<string, string>>): string {
  const own = Object.entries(system.snapshot()).filter(([path, text]) =>
    path.startsWith("root/etc/") || path.startsWith("root/usr/")
      ? text !== "folder" && untouched[path] !== text
      : false,
  );
  return own
    .map(
      ([path, text]) =>
        `=== ${path.slice("root".length)} ${path.endsWith("/sbin/gpudirect-guest-tuning") ? `${text.slice(0, 3)}\n…\n` : text.replace(/^(\d+) /, "$1\n")}`,
    )
    .join("\n");
}

function golden(name: string, text: string): void {
  const path = join(__dirname, "golden", name);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"));
}

describe("files that keep an MTU, by the network's owner (UPDATE_GOLDEN=1 rewrites golden/)", () => {
  let system: FakeSystem;
  afterEach(() => system.remove());

  const NETPLAN = "/run/systemd/network/10-netplan-gdt0.network";
  const cases: readonly [string, Readonly<Record<string, string>>, Partial<AdapterFacts>][] = [
    ["none", {}, { owner: "none" }],
    [
      "networkd",
      { "/etc/systemd/network/20-fast.network": "[Match]\nName=gdt0\n[Link]\nMTUBytes=1500\n" },
      { owner: "networkd", ownerProfile: "/etc/systemd/network/20-fast.network" },
    ],
    [
      "networkd-shared",
      { "/etc/systemd/network/20-all.network": "[Match]\nName=gdt*\n[Link]\nMTUBytes=1500\n" },
      { owner: "networkd", ownerProfile: "/etc/systemd/network/20-all.network" },
    ],
    [
      "netplan-networkd",
      { [NETPLAN]: "[Match]\nPermanentMACAddress=52:54:00:12:34:56\nName=gdt0\n" },
      { owner: "networkd", ownerProfile: NETPLAN, netplan: "gdt0" },
    ],
    ["netplan-networkmanager", {}, { owner: "NetworkManager", ownerProfile: "uuid", netplan: "gdt0" }],
    ["networkmanager", {}, { owner: "NetworkManager", ownerProfile: "uuid" }],
    ["ifupdown", {}, { owner: "ifupdown", ownerProfile: "/etc/network/interfaces" }],
    [
      "ifupdown-dhclient",
      { "/etc/dhcp/dhclient-exit-hooks.d/debug": "" },
      { owner: "ifupdown", ownerProfile: "/etc/network/interfaces" },
    ],
  ];
  for (const [name, files, owner] of cases) {
    it(`are those of golden/${name}.golden.txt, and go again with the settings`, () => {
      system = owned(files);
      const untouched = system.snapshot();
      const adapters = adaptersOf(owner);
      const ran = system.run(scriptOf(tuned, before, adapters));
      assert.deepEqual(ran, { code: 0, stdout: "", stderr: "" });
      golden(`${name}.golden.txt`, written(system, untouched));
      // Nothing of the adapter of management is named anywhere, and none of its values are another.
      const now = system.snapshot();
      for (const [path, text] of Object.entries(now)) {
        if (path.startsWith("root/etc/") && untouched[path] !== text)
          assert.doesNotMatch(text, /0000:24:00\.0|gdt1/, path);
        if (path.includes(SECOND_NAME)) assert.equal(text, untouched[path], path);
      }
      // A second file is no file of ours: each of the owner's is as it was.
      for (const path of Object.keys(files)) assert.equal(now[`root${path}`], untouched[`root${path}`]);

      assert.equal(system.run(scriptOf(before, { ...before, ...tuned }, adapters, tuned)).code, 0);
      assert.deepEqual(
        Object.keys(system.snapshot()).filter((path) => path.includes("gpudirect")),
        [],
      );
    });
  }

  it("start the unit when NVIDIA's driver comes, where settings of GPUs are kept, and then alone", () => {
    const rules = "root/etc/udev/rules.d/99-zz-gpudirect.rules";
    const rule = `ACTION=="add", SUBSYSTEM=="module", KERNEL=="nvidia", TAG+="systemd", ENV{SYSTEMD_WANTS}+="gpudirect-guest-tuning.service"`;
    for (const [gpuClocks, has] of [
      [{}, false],
      [{ "0000:41:00.0": { persistence: true } }, true],
    ] as const) {
      system = owned({});
      assert.equal(system.run(scriptOf({ ...tuned, gpuClocks }, before, adaptersOf({ owner: "none" }))).code, 0);
      assert.equal(system.read(rules).split("\n").includes(rule), has);
      if (!has) system.remove();
    }
  });

  for (const [what, text, isExact] of [
    ["one name", "[Match]\nName=gdt0", true],
    ["one name beside other conditions", "[Match]\nDriver=mlx5_core\nName = gdt0 \n", true],
    ["two names", "[Match]\nName=gdt0 gdt1", false],
    ["names in two lines", "[Match]\nName=gdt0\nName=gdt1", false],
    ["a pattern", "[Match]\nName=gdt[0-9]", false],
    ["all but one name", "[Match]\nName=!gdt1", false],
    ["a permanent MAC address", "[Match]\nPermanentMACAddress=52:54:00:12:34:56", true],
    ["a MAC address, which VLANs on it share", "[Match]\nMACAddress=52:54:00:12:34:56", false],
    ["a MAC address without VLANs", "[Match]\nMACAddress=52:54:00:12:34:56\nType=!vlan bond bridge", true],
    ["a type", "[Match]\nType=ether", false],
    ["nothing, with a name in another section", "[Match]\n[Network]\nName=gdt0", false],
  ] as const) {
    it(`${isExact ? "are a drop-in" : "leave the .network file alone and watch the links"} where it matches ${what}`, () => {
      system = owned({ "/etc/systemd/network/20-x.network": `${text}\n` });
      const adapters = adaptersOf({ owner: "networkd", ownerProfile: "/etc/systemd/network/20-x.network" });
      assert.equal(system.run(scriptOf(tuned, before, adapters)).code, 0);
      const files = Object.keys(system.snapshot());
      assert.equal(files.includes("root/etc/systemd/network/20-x.network.d/99-zz-gpudirect.conf"), isExact);
      assert.equal(files.includes("root/etc/systemd/system/gpudirect-guest-tuning-links.path"), !isExact);
      const started = system.callsOf("systemctl").includes("systemctl start gpudirect-guest-tuning-links.path");
      assert.equal(started, !isExact);
    });
  }

  it("count a user's drop-in that adds a name", () => {
    system = owned({
      "/etc/systemd/network/20-x.network": "[Match]\nName=gdt0\n",
      "/etc/systemd/network/20-x.network.d/more.conf": "[Match]\nName=gdt1\n",
    });
    const adapters = adaptersOf({ owner: "networkd", ownerProfile: "/etc/systemd/network/20-x.network" });
    assert.equal(system.run(scriptOf(tuned, before, adapters)).code, 0);
    assert.ok(!Object.keys(system.snapshot()).some((path) => path.endsWith("99-zz-gpudirect.conf")));
  });
});
