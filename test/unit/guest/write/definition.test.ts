import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { Refusal } from "../../../../core/problems";
import type { ResourceContext } from "../../../../provider/protocol/definition";
import { LocalReach } from "../../../../provider/reach/local";
import { ReachError } from "../../../../provider/reach/reach";
import { guestTuningDefinition } from "../../../../provider/resources/guest-tuning/definition";
import {
  type GuestTuningInputs,
  type GuestTuningOutputs,
  guestTuningInputs,
} from "../../../../provider/resources/guest-tuning/shapes";
import { adapters, before, exampleSystem, FIRST, GPU, SECOND, tuned } from "./example";
import { changesOf, type FakeSystem, type Ran } from "./system";

/** A machine that gives every script the same answer, or runs it on a system. */
function contextOf(answer: (script: string) => Ran): { context: ResourceContext; warnings: string[]; runs: string[] } {
  const [warnings, runs]: [string[], string[]] = [[], []];
  class AnsweringReach extends LocalReach {
    override async run(script: string) {
      runs.push(script);
      const { code, stdout, stderr } = answer(script);
      return { exitCode: code ?? 1, stdout: Buffer.from(stdout), stderr };
    }
  }
  const reach = new AnsweringReach("train-0");
  const context: ResourceContext = {
    machine: {
      name: "train-0",
      reach,
      libvirtUri: undefined,
      redfish: undefined,
      isShared: true,
      facts: (_, read) => read(),
    },
    owner: { stack: "s", urn: "u", claim: "c" } as ResourceContext["owner"],
    signal: new AbortController().signal,
    status: () => undefined,
    phase: (_name, _seconds, work) => work(),
    warn: (message) => warnings.push(message),
    info: () => undefined,
  };
  return { context, warnings, runs };
}

const inputs = (values: object): GuestTuningInputs => guestTuningInputs.parse(values);
const observed = {
  ...before,
  adapters,
  cards: { [GPU]: { name: "A100", driverVersion: "550.54", index: 0, unsupported: {} } },
  gpuAddresses: [GPU],
  missingPrograms: [],
  missingSysctls: [],
  init: "systemd",
  damaged: [],
  report: {
    peerMemory: "none",
    fabricManager: "not needed",
    memlockKiB: 64,
    problems: ["NICs cannot reach GPU memory"],
  },
} as unknown as GuestTuningOutputs;

describe("GuestTuning", () => {
  let system: FakeSystem | undefined;
  afterEach(() => {
    system?.remove();
    system = undefined;
  });

  for (const [what, ran, words] of [
    ["ends with an error", { code: 2, stdout: "", stderr: "sh: no memory" }, /the script ended with 2: sh: no memory/],
    ["breaks off", { code: 0, stdout: "### programs\nethtool\n", stderr: "" }, /./],
  ] as const) {
    it(`names the machine where its look ${what}`, async () => {
      const { context } = contextOf(() => ran);
      await assert.rejects(guestTuningDefinition.observe(context, "system", inputs({})), (error: ReachError) => {
        assert.ok(error instanceof ReachError);
        assert.equal(error.phase, "refused");
        assert.match(error.message, /^train-0: read how the system is tuned: /);
        assert.match(error.message, words);
        return true;
      });
    });
  }

  it("refuses an id that names no system, before anything is asked", async () => {
    const { context, runs } = contextOf(() => ({ code: 0, stdout: "", stderr: "" }));
    await assert.rejects(guestTuningDefinition.observe(context, "nic0"), (error) => error instanceof Refusal);
    assert.deepEqual(runs, []);
  });

  it("makes all changes in one round trip, and warns of what a card does not support", async () => {
    system = exampleSystem();
    system.write(`state/gpu/${GPU}.lacks-lgc`, "");
    const { context, warnings, runs } = contextOf((script) => (system as FakeSystem).run(script));
    const target = inputs({ ...tuned, nics: [FIRST, SECOND] });
    await guestTuningDefinition.apply(context, target, observed, changesOf(tuned, before));
    assert.equal(runs.length, 1);
    assert.deepEqual(warnings, [
      `gpuClocks["${GPU}"].lockedGpuClock is left out: Setting clocks is not supported for GPU ${GPU}.`,
    ]);
  });

  it("says on which machine what could not be set, and what became of the rest", async () => {
    system = exampleSystem(["ethtool"]);
    const { context } = contextOf((script) => (system as FakeSystem).run(script));
    await assert.rejects(
      guestTuningDefinition.apply(context, inputs({ ...tuned, nics: [FIRST] }), observed, changesOf(tuned, before)),
      /^Error: train-0: tune the system: interfaces\["0000:23:00\.0"\]\.rxRing could not be set to 8192: there is no program ethtool.*\nNothing is set/,
    );
  });

  it("keeps nothing for each boot of devices that nobody asked to tune", async () => {
    system = exampleSystem();
    const { context } = contextOf((script) => (system as FakeSystem).run(script));
    const wanted = { ...before, persistent: true };
    const target = inputs({
      ...wanted,
      profile: "none",
      nics: [FIRST],
      nicSettings: { mtu: 1500 },
      gpus: "none",
      sysctls: {},
    });
    await guestTuningDefinition.apply(context, target, observed, changesOf(wanted, before), {
      ...target,
      interfaces: {},
      gpuClocks: {},
    });
    assert.deepEqual(system.read("root/etc/gpudirect/guest-tuning.conf").split("\n").slice(2), [
      `interface ${FIRST} mtu 1500`,
      "",
    ]);
  });

  it("fails an update where GPUDirect RDMA is required and something is missing", async () => {
    const { context } = contextOf(() => ({ code: 0, stdout: "", stderr: "" }));
    const problems = async (gpuDirect: string) =>
      (await guestTuningDefinition.verify?.(context, observed, inputs({ gpuDirect })))?.problems;
    assert.deepEqual(await problems("require"), ["NICs cannot reach GPU memory"]);
    assert.deepEqual(await problems("report"), []);
  });
});
