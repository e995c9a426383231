import assert from "node:assert/strict";
import { after, before as beforeAll, describe, it } from "mocha";
import { adapters, before, exampleSystem, FIRST, FIRST_NAME, GPU, tuned } from "./example";
import { type FakeSystem, scriptOf, type Values } from "./system";

/** What the two texts that the product grew from write by hand, with maxima as the devices of the example report them. */
describe("lines of the seed, as commands and files", () => {
  let system: FakeSystem;
  let conf: string[];
  let sysctls: string[];

  beforeAll(() => {
    system = exampleSystem();
    const wanted: Values = {
      ...tuned,
      interfaces: { [FIRST]: { ...tuned.interfaces[FIRST], txRing: 8192 } },
    };
    assert.equal(system.run(scriptOf(wanted, before, adapters)).code, 0);
    conf = system.read("root/etc/gpudirect/guest-tuning.conf").split("\n");
    sysctls = system.read("root/etc/sysctl.d/99-zz-gpudirect.conf").split("\n");
  });
  after(() => system.remove());

  const nic = (seed: string, setting: string, call: string | undefined) =>
    it(`${seed}: ${setting}`, () => {
      assert.ok(conf.includes(`interface ${FIRST} ${setting}`), conf.join("\n"));
      if (call !== undefined) assert.ok(system.log.includes(call), system.log.join("\n"));
    });
  nic("S26", "mtu 9000", `ip link set dev ${FIRST_NAME} mtu 9000`);
  nic("S27", "txQueueLength 10000", undefined);
  it("S27: the live queue length", () =>
    assert.equal(system.read(`root/sys/class/net/${FIRST_NAME}/tx_queue_len`), "10000\n"));
  nic("S28", "txRing 8192", `ethtool -G ${FIRST_NAME} tx 8192`);
  nic("S29", "rxRing 8192", `ethtool -G ${FIRST_NAME} rx 8192`);
  nic("S16 in the guest", "maxReadRequest 4096", `setpci -s ${FIRST} CAP_EXP+8.w=5000:7000`);

  for (const [seed, names, value] of [
    ["S30", ["net.ipv4.conf.all.arp_filter", "net.ipv4.conf.default.arp_filter"], "1"],
    ["S31", ["net.ipv4.conf.all.arp_ignore", "net.ipv4.conf.default.arp_ignore"], "2"],
    ["S32", ["net.ipv4.conf.all.arp_announce", "net.ipv4.conf.default.arp_announce"], "1"],
    ["S33", ["net.ipv4.tcp_timestamps"], "0"],
    ["S34", ["net.ipv4.tcp_sack"], "1"],
    [
      "S35",
      ["rmem_max", "wmem_max", "rmem_default", "wmem_default", "optmem_max"].map((name) => `net.core.${name}`),
      "4194304",
    ],
    ["S36", ["net.ipv4.tcp_rmem"], "4096 87380 4194304"],
    ["S37", ["net.ipv4.tcp_wmem"], "4096 65536 4194304"],
    ["S38", ["net.ipv4.tcp_low_latency"], "1"],
  ] as const) {
    for (const name of names) {
      it(`${seed}: ${name} = ${value}`, () => {
        assert.ok(sysctls.includes(`${name} = ${value}`), sysctls.join("\n"));
        assert.equal(system.read(`root/proc/sys/${name.replaceAll(".", "/")}`).trim(), value);
      });
    }
  }

  const gpu = (seed: string, setting: string, ...options: string[]) =>
    it(`${seed}: ${options.join(", then ")}`, () => {
      assert.ok(conf.includes(`gpu ${GPU} ${setting}`), conf.join("\n"));
      const calls = system.callsOf("nvidia-smi");
      const first = calls.indexOf(`nvidia-smi -i ${GPU} ${options[0]}`);
      assert.ok(first >= 0, calls.join("\n"));
      const asked = options.map((option) => `nvidia-smi -i ${GPU} ${option}`);
      assert.deepEqual(calls.slice(first, first + options.length), asked);
    });
  gpu("S39", "persistence true", "-pm 1");
  gpu("S40", "applicationClocks 1593,1410", "-rac", "-ac 1593,1410");
  gpu("S41", "lockedGpuClock 1410", "-lgc 1410,1410");
  gpu("S42", "lockedMemoryClock 1593", "-lmc 1593,1593");
  gpu("S43", "cudaClocks true", "-cc 1");
});
