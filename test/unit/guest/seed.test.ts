import assert from "node:assert/strict";
import { PROFILE_SYSCTLS } from "../../../core/guest/profile";
import { adapter, GPU, OTHER_GPU, ROCE, resolved } from "./tuned-system";

/** One test for each line of the seed: what a user gets who names nothing. */
describe("the seed's guest settings", () => {
  const nic = resolved().interfaces[ROCE];
  const { gpuClocks, sysctls } = resolved();
  const inBoth = (name: string) => ["all", "default"].map((scope) => sysctls[`net.ipv4.conf.${scope}.${name}`]);

  it("S26: MTU 9000", () => assert.equal(nic?.mtu, 9000));
  it("S27: transmit queue of 10000", () => assert.equal(nic?.txQueueLength, 10_000));
  it("S28: transmit ring 8192", () => assert.equal(nic?.txRing, 8192));
  it("S29: receive ring 8192", () => assert.equal(nic?.rxRing, 8192));
  it("S28, S29: the adapter's own maximum where it is below 8192, and 8192 where it is above", () => {
    const small = resolved({}, { adapters: { [ROCE]: adapter({ rxRingMax: 4096, txRingMax: 256 }) } }).interfaces[ROCE];
    assert.deepEqual([small?.rxRing, small?.txRing], [4096, 256]);
    const large = resolved({}, { adapters: { [ROCE]: adapter({ rxRingMax: 16_384, txRingMax: 32_768 }) } });
    assert.deepEqual([large.interfaces[ROCE]?.rxRing, large.interfaces[ROCE]?.txRing], [8192, 8192]);
  });
  it("S16 in the guest: MaxReadReq 4096", () => assert.equal(nic?.maxReadRequest, 4096));

  it("S30: arp_filter", () => assert.deepEqual(inBoth("arp_filter"), ["1", "1"]));
  it("S31: arp_ignore", () => assert.deepEqual(inBoth("arp_ignore"), ["2", "2"]));
  it("S32: arp_announce", () => assert.deepEqual(inBoth("arp_announce"), ["1", "1"]));
  it("S33: TCP time stamps off", () => assert.equal(sysctls["net.ipv4.tcp_timestamps"], "0"));
  it("S34: TCP selective acknowledgements on", () => assert.equal(sysctls["net.ipv4.tcp_sack"], "1"));
  it("S35: buffers of sockets", () => {
    const names = ["rmem_max", "wmem_max", "rmem_default", "wmem_default", "optmem_max"];
    const values = names.map((name) => sysctls[`net.core.${name}`]);
    assert.deepEqual(values, Array(5).fill("4194304"));
  });
  it("S36: tcp_rmem", () => assert.equal(sysctls["net.ipv4.tcp_rmem"], "4096 87380 4194304"));
  it("S37: tcp_wmem", () => assert.equal(sysctls["net.ipv4.tcp_wmem"], "4096 65536 4194304"));
  it("S38: tcp_low_latency", () => assert.equal(sysctls["net.ipv4.tcp_low_latency"], "1"));
  it("S30 to S38 are each in the table under their line, and nothing else is", () => {
    const lines = new Set(Object.values(PROFILE_SYSCTLS).map(({ seed }) => seed));
    assert.deepEqual([...lines], ["S30", "S31", "S32", "S33", "S34", "S35", "S36", "S37", "S38"]);
    assert.equal(Object.keys(PROFILE_SYSCTLS).length, 16);
  });

  it("S39: persistence mode", () => {
    assert.deepEqual([gpuClocks[GPU]?.persistence, gpuClocks[OTHER_GPU]?.persistence], [true, true]);
  });
  it("S40: application clocks, each GPU's own highest pair", () => {
    assert.equal(gpuClocks[GPU]?.applicationClocks, "1593,1410");
    assert.equal(gpuClocks[OTHER_GPU]?.applicationClocks, "2619,1980");
  });
  it("S41: locked graphics clock, each GPU's own highest", () => {
    assert.deepEqual([gpuClocks[GPU]?.lockedGpuClock, gpuClocks[OTHER_GPU]?.lockedGpuClock], [1410, 1980]);
  });
  it("S42: locked memory clock, each GPU's own highest", () => {
    assert.deepEqual([gpuClocks[GPU]?.lockedMemoryClock, gpuClocks[OTHER_GPU]?.lockedMemoryClock], [1593, 2619]);
  });
  it("S43: CUDA's clocks overridden", () => {
    assert.deepEqual([gpuClocks[GPU]?.cudaClocks, gpuClocks[OTHER_GPU]?.cudaClocks], [true, true]);
  });
});
