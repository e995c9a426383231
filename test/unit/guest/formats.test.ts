import assert from "node:assert/strict";
import { loginMemlock } from "../../../core/guest/memlock";
import { parseQos } from "../../../core/guest/qos";
import { parseRings } from "../../../core/guest/rings";
import { QOS_TEXT, ringsText } from "./fake-guest";

describe("ring sizes of ethtool -g", () => {
  it("are maxima and current sizes", () => {
    assert.deepEqual(parseRings(ringsText(1024, 8192, 512, 4096).split("\n")), {
      rx: 1024,
      rxMax: 8192,
      tx: 512,
      txMax: 4096,
    });
  });
  it("are read of old versions, whose missing rings are 0", () => {
    const old =
      "Ring parameters for eth0:\nPre-set maximums:\nRX:\t\t4096\nRX Mini:\t0\nTX:\t\t0\nCurrent hardware settings:\nRX:\t\t256\nRX Mini:\t0\nTX:\t\t0";
    assert.deepEqual(parseRings(old.split("\n")), { rx: 256, rxMax: 4096 });
  });
  it("are none of a driver without them", () => {
    assert.deepEqual(parseRings(["netlink error: Operation not supported"]), {});
  });
});

describe("RoCE QoS of mlnx_qos", () => {
  it("is trust, PFC and DSCP", () => {
    const { trust, pfcPriorities, dscpPriorities } = parseQos(QOS_TEXT.split("\n"));
    assert.deepEqual([trust, pfcPriorities], ["dscp", [3]]);
    assert.deepEqual([dscpPriorities?.["26"], dscpPriorities?.["7"]], [3, 0]);
  });
  it("of trust pcp has no table of DSCPs", () => {
    const text =
      "Priority trust state: pcp\nPFC configuration:\n\tpriority    0   1   2\n\tenabled     0   0   0\ntc: 0";
    assert.deepEqual(parseQos(text.split("\n")), { trust: "pcp", pfcPriorities: [] });
  });
  it("is unknown where the tool gave no answer", () => assert.deepEqual(parseQos([]), {}));
});

describe("the limit of locked memory of a login session", () => {
  const INIT = "Max locked memory         8388608              8388608              bytes     ";
  const cases: [string, string[], string | undefined, number | "unlimited"][] = [
    ["is process 1's where no file sets it", [], INIT, 8192],
    ["is the old kernel's where process 1 tells none", [], undefined, 64],
    ["is set for both kinds by a dash", ["* - memlock unlimited"], INIT, "unlimited"],
    ["is set by soft and hard", ["* soft memlock unlimited", "* hard memlock infinity"], INIT, "unlimited"],
    ["is never above the hard one", ["* soft memlock unlimited"], INIT, 8192],
    ["is that of the later line", ["* - memlock 64", "* - memlock -1"], INIT, "unlimited"],
    ["counts KiB", ["*\tsoft\tmemlock\t1024"], INIT, 1024],
    ["of root says nothing, whose processes may lock without one", ["root - memlock unlimited"], INIT, 8192],
    ["of a group says nothing of others", ["@rdma - memlock unlimited"], INIT, 8192],
    ["of process 1 may be unlimited", [], "Max locked memory  unlimited  unlimited  bytes", "unlimited"],
  ];
  for (const [name, lines, init, limit] of cases) it(name, () => assert.equal(loginMemlock(lines, init), limit));
});
