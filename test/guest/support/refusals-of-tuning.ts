import assert from "node:assert/strict";
import { refusedUpdate } from "./refused-update";
import { systemSnapshot } from "./system-snapshot";
import type { TunedGuest } from "./tuned-guest";
import { argumentsOf, OTHER_WAY } from "./tuning-ways";
import { withFullFolder, withReadOnly } from "./unwritable";

/** No emulated device is a GPU: one function's ids are covered by those of one. */
const DEVICE = "/sys/bus/pci/devices/0000:00:1f.3";
const LOSE_TOOLS = `cd ${DEVICE} && echo 0x10de > /run/vendor && echo 0x030200 > /run/class &&
  mount --bind /run/vendor vendor && mount --bind /run/class class && mv /usr/sbin/ethtool /usr/sbin/ethtool.away`;
const FIND_TOOLS = `mv /usr/sbin/ethtool.away /usr/sbin/ethtool
  cd ${DEVICE} && umount vendor class && rm /run/vendor /run/class`;

/** What a tuned guest cannot be changed to, or not now: it is said why, and nothing is half set. */
export function refusalsOfTuning({ guest, stack, program }: TunedGuest): void {
  let tuned: string[];

  async function assertNothingSet(): Promise<void> {
    assert.deepEqual(await systemSnapshot(guest()), tuned);
    program();
  }

  it("refuses rings without ethtool and a GPU's settings without nvidia-smi, both by the name of the package", async () => {
    tuned = await systemSnapshot(guest());
    await guest().run(LOSE_TOOLS);
    program(argumentsOf(OTHER_WAY));
    try {
      await refusedUpdate(
        stack(),
        /nicSettings\.rxRing: .*program ethtool.*install the package ethtool/,
        /gpus: tuning the GPUs 0000:00:1f\.3 needs the program nvidia-smi.*install the package nvidia-smi/,
      );
    } finally {
      await guest().run(FIND_TOOLS);
    }
    await assertNothingSet();
  });

  it("undoes what was set before a value that the kernel does not take", async () => {
    program(argumentsOf(OTHER_WAY, { sysctls: { "net.ipv4.tcp_wmem": "4096 many 4194304" } }));
    await refusedUpdate(
      stack(),
      /sysctls\["net\.ipv4\.tcp_wmem"\] could not be set to 4096 many 4194304/,
      /Nothing is set/,
    );
    await assertNothingSet();
  });

  it("sets nothing where /etc is read only, by the name of the file", async () => {
    program(argumentsOf(OTHER_WAY));
    await withReadOnly(guest(), "/etc", () =>
      refusedUpdate(stack(), /persistent: \/etc\/\S+ could not be written: .*Read-only file system/, /Nothing is set/),
    );
    await assertNothingSet();
  });

  it("sets nothing where the disk is full, by the name of the file", async () => {
    program(argumentsOf(OTHER_WAY));
    await withFullFolder(guest(), "/etc/gpudirect", () =>
      refusedUpdate(stack(), /\/etc\/gpudirect\/.*No space left on device/, /Nothing is set/),
    );
    await assertNothingSet();
  });
}
