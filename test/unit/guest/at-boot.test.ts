import { deepEqual, equal } from "node:assert/strict";
import { isStaleAtBoot, settingsAtBoot } from "../../../core/guest/at-boot";
import { resolveSettings } from "../../../core/guest/resolve";
import type { ObservedTuning } from "../../../core/guest/tuning-shape";
import { INFINIBAND, inputs, ROCE, system } from "./tuned-system";

const TIMESTAMPS = "net.ipv4.tcp_timestamps";
const atBoot = {
  [`sysctls["${TIMESTAMPS}"]`]: "0",
  [`interfaces["${ROCE}"].mtu`]: "9000",
  [`interfaces["${INFINIBAND}"].txQueueLength`]: "10000",
};

describe("settings of the next boot", () => {
  const wanted = inputs({
    profile: "none",
    sysctls: { [TIMESTAMPS]: "0" },
    interfaces: { [ROCE]: { mtu: 9000 }, [INFINIBAND]: { txQueueLength: 10000 } },
    gpus: "none",
  });
  const tuned = (facts: Partial<ObservedTuning> = {}) => {
    const before = system();
    return system({
      persistent: true,
      sysctls: { [TIMESTAMPS]: "0" },
      interfaces: {
        ...before.interfaces,
        [ROCE]: { ...before.interfaces[ROCE], mtu: 9000 },
        [INFINIBAND]: { ...before.interfaces[INFINIBAND], txQueueLength: 10000 },
      },
      atBoot,
      ...facts,
    });
  };
  const isStale = (observed: ObservedTuning) => isStaleAtBoot(observed, resolveSettings(observed, wanted));

  it("are read by property path", () => {
    const lines = [`interface ${ROCE} mtu 9000`, `interface ${INFINIBAND} txQueueLength 10000`, "noise"];
    deepEqual(settingsAtBoot(lines, [`${TIMESTAMPS} = 0`, ""]), atBoot);
    deepEqual(settingsAtBoot([], ["net.ipv4.tcp_rmem = 4096 87380 4194304"]), {
      'sysctls["net.ipv4.tcp_rmem"]': "4096 87380 4194304",
    });
  });

  it("are as wanted where the files have all that holds now, and nothing else", () => {
    equal(isStale(tuned()), false);
  });

  it("lack what somebody had set by hand before the program asked for it", () => {
    for (const path of Object.keys(atBoot)) {
      const { [path as keyof typeof atBoot]: _, ...rest } = atBoot;
      equal(isStale(tuned({ atBoot: rest })), true, path);
      equal(isStale(tuned({ atBoot: { ...rest, [path]: "1" } })), true, path);
    }
    equal(isStale(tuned({ atBoot: { ...atBoot, 'sysctls["net.ipv4.tcp_sack"]': "1" } })), true);
  });

  it("tell nothing of their own where another change does", () => {
    equal(isStale(tuned({ persistent: false, atBoot: {} })), false);
    const { sysctls: _, ...drifted } = tuned({ atBoot: { ...atBoot, [`sysctls["${TIMESTAMPS}"]`]: "1" } });
    equal(isStale({ ...drifted, sysctls: { [TIMESTAMPS]: "1" } }), false);
  });
});
