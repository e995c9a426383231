import { deepEqual, equal, notDeepEqual } from "node:assert/strict";
import type { FlavourName } from "../../lab/bmc/flavours/flavour";
import type { Modes } from "../../lab/bmc/modes";
import { mustEnd, Stack } from "../engine/support/stack";
import { type BmcMachine, bmcMachine, settingsOf } from "../lab/engine/support/bmc-machine";

interface Case {
  readonly title: string;
  readonly flavour: FlavourName;
  /** Switched on before each command; faults that count down are used up by it. */
  readonly modes: Partial<Modes>;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

const CASES: readonly Case[] = [
  { title: "asks for If-Match", flavour: "ami", modes: { needsIfMatch: true }, attributes: { SETUP003: 5 } },
  {
    title: "needs an apply time, locks settings while a job waits and reports them early",
    flavour: "dell",
    modes: { needsApplyTime: true, lockedByJob: true, earlyReporting: true },
    attributes: { AcPwrRcvryUserDelay: 120 },
  },
  {
    title: "answers with bursts of 503",
    flavour: "supermicro",
    modes: { errorBurst: { status: 503, count: 4, retryAfterSeconds: 1 } },
    attributes: {},
  },
  { title: "breaks off in mid-answer", flavour: "hpe", modes: { cut: 3 }, attributes: {} },
  { title: "is slow", flavour: "dgx", modes: { slow: 200 }, attributes: {} },
];

/** From an up to a destroy, with a boot after each, by the BMC's own power. */
for (const { title, flavour, modes, attributes } of CASES) {
  describe(`BIOS settings at a BMC that ${title}`, () => {
    const stack = new Stack();
    let machine: BmcMachine;

    before(async () => {
      machine = await bmcMachine(flavour);
      await stack.init();
      await machine.attach(stack, "gpudirect");
    });
    after(async () => {
      await stack.discard();
      await machine.close();
    });

    function difficult(): void {
      for (const [name, value] of Object.entries(modes)) {
        machine.server.bench.bmc.setMode(name as keyof Modes, value as never);
      }
    }

    it("are in force after the boot, clean at a refresh, and as before after a destroy and another boot", async () => {
      const { bench, name: host } = machine.server;
      const outputs = async () => (await stack.resource("bios"))?.outputs as Record<string, unknown>;
      const boot = () => bench.system.reset("ForceRestart");
      const was = settingsOf(bench).current;
      const args = { host, intents: { sriov: false }, attributes };
      stack.resources({ bios: { type: "gpudirect:index:Bios", args } });

      difficult();
      await stack.mustUp();
      deepEqual(settingsOf(bench).current, was, "nothing is in force before the boot");
      const written = await outputs();
      equal((written.bootNeed as { kind: string }).kind, "reboot");
      deepEqual([(written.intents as { sriov: boolean }).sriov, written.attributes], [false, attributes]);

      await boot();
      notDeepEqual(settingsOf(bench).current, was);
      equal(bench.bmc.effects().sriov, false);
      difficult();
      mustEnd(await stack.refresh("--expect-no-changes"));
      const booted = await outputs();
      equal((booted.bootNeed as { kind: string }).kind, "none");
      const { intents, attributes: running } = booted.running as { intents: { sriov: boolean }; attributes: object };
      deepEqual([intents.sriov, running, booted.pending], [false, attributes, {}]);

      difficult();
      mustEnd(await stack.destroy());
      await boot();
      deepEqual(settingsOf(bench).current, was);
    });
  });
}
