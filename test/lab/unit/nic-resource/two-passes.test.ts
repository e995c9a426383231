import assert from "node:assert/strict";
import { BLUEFIELD3, CONNECTX6DX, CONNECTX7 } from "../nic/lab-cards";
import { SimulatedHost } from "./support/simulated-host";
import { NicStack } from "./support/stack";

const SEED = {
  ADVANCED_PCI_SETTINGS: 1,
  MAX_ACC_OUT_READ: 44,
  PCI_WR_ORDERING: 0,
  P2P_ORDERING_MODE: 1,
  ATS_ENABLED: 1,
  RDMA_SELECTIVE_REPEAT_EN: 1,
};
const { RDMA_SELECTIVE_REPEAT_EN: _, ...WITHOUT_REPEAT } = SEED;
const FACTORY = Object.fromEntries(Object.keys(SEED).map((name) => [name, 0]));

const value = (map: unknown, name: string): unknown => (map as Record<string, unknown> | undefined)?.[name];

const CARDS = [
  { card: CONNECTX6DX, type: "ConnectX6DX", has: WITHOUT_REPEAT, boot: "reboot" },
  { card: CONNECTX7, type: "ConnectX7", has: SEED, boot: "reboot" },
  { card: BLUEFIELD3, type: "BlueField3", has: SEED, boot: "powerCycle" },
] as const;

for (const release of ["4.35.0", "4.21.0"] as const) {
  describe(`the profile vmPassthrough, by mstconfig ${release}`, () => {
    let host: SimulatedHost;
    before(async () => {
      host = await SimulatedHost.start({ release });
    });
    after(() => host.close());

    for (const { card, type, has, boot } of CARDS) {
      it(`is in force on a ${type} after two passes, and is taken back by a destroy`, async () => {
        const device = card.functions[0] ?? "";
        const query = () => host.type(`mstconfig -d ${device} -e query`);
        const was = query();
        const stack = new NicStack(host, device);
        const start = () => host.boot(boot === "reboot" ? "warm" : "cold");

        const preview = await stack.preview({ profile: "vmPassthrough" });
        assert.equal(query(), was, "a preview writes nothing");
        const need = preview.outputs.bootNeed as { kind: string; passes: number; reasons: string[] };
        assert.deepEqual([need.kind, need.passes], [boot, 2]);
        assert.match(
          need.reasons.join("\n"),
          /ATS_ENABLED is to be 1, 0 is in force[\s\S]*MAX_ACC_OUT_READ is locked until ADVANCED_PCI_SETTINGS=1/,
        );

        const first = await stack.up({ profile: "vmPassthrough" });
        assert.deepEqual(Object.keys(first.outputs.locked as object), ["MAX_ACC_OUT_READ"]);
        const locked = first.warnings.find((warning) => /MAX_ACC_OUT_READ/.test(warning)) ?? "";
        assert.match(locked, /the card does not show it; ADVANCED_PCI_SETTINGS=1, .*probably unlocks it/);
        const { MAX_ACC_OUT_READ: later, ...now } = has;
        assert.deepEqual(first.outputs.parameters, now);
        assert.deepEqual(first.outputs.bootNeed && (first.outputs.bootNeed as typeof need).passes, 2);
        assert.equal(first.outputs.deviceType, type);
        assert.equal(first.outputs.toolVersion, release);
        if (!("RDMA_SELECTIVE_REPEAT_EN" in has)) {
          const left = first.warnings.find((warning) => /RDMA_SELECTIVE_REPEAT_EN/.test(warning)) ?? "";
          assert.match(
            left,
            /vmPassthrough's RDMA_SELECTIVE_REPEAT_EN is left out: ConnectX6DX .* does not support it/,
          );
        }
        assert.deepEqual(await stack.refresh(), [], "what waits is no drift");

        if (boot === "powerCycle") {
          host.boot("warm");
          await stack.refresh();
          assert.equal(value(stack.state?.running, "ATS_ENABLED"), 0, "a warm boot does not do");
        }
        start();
        assert.deepEqual(await stack.refresh(), ["parameters.MAX_ACC_OUT_READ"]);
        const second = await stack.up({ profile: "vmPassthrough" });
        assert.deepEqual(second.planned, ["parameters.MAX_ACC_OUT_READ"]);
        assert.deepEqual(second.outputs.parameters, has);
        const again = second.outputs.bootNeed as typeof need;
        assert.deepEqual([again.kind, again.passes], [boot, 1]);
        assert.match(again.reasons.join(), /^MAX_ACC_OUT_READ is to be 44, 0 is in force$/);

        start();
        assert.deepEqual(await stack.refresh(), []);
        assert.deepEqual(stack.state?.running, has);
        assert.deepEqual(
          stack.state?.defaults,
          Object.fromEntries(Object.keys(has).map((name) => [name, FACTORY[name]])),
        );
        assert.deepEqual(stack.state?.locked, {});
        assert.deepEqual(stack.state?.bootNeed, { kind: "none", passes: 0, reasons: [] });
        assert.equal(later, 44);

        host.type(`mstconfig -d ${device} -y set P2P_ORDERING_MODE=SECURE_ALL`);
        assert.deepEqual(await stack.refresh(), ["parameters.P2P_ORDERING_MODE"]);
        await stack.up({ profile: "vmPassthrough" });
        assert.deepEqual(await stack.refresh(), []);

        assert.deepEqual(await stack.destroy(), []);
        start();
        assert.equal(query(), was);
      });
    }
  });
}
