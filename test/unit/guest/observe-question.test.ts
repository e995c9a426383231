import assert from "node:assert/strict";
import { Unknown } from "../../../core/diff/unknown";
import type { ResourceContext } from "../../../provider/protocol/definition";
import { KEY, observeGuestTuning } from "../../../provider/resources/guest-tuning/observe";
import {
  type GuestTuningInputs,
  type GuestTuningOutputs,
  guestTuningInputs,
} from "../../../provider/resources/guest-tuning/shapes";

const ADAPTER = "0000:23:00.0";
const GPU = "0000:17:00.0";

/** What a look asks for: whether the script that it runs calls the programs that take long. */
async function asked(inputs?: object, known?: object): Promise<{ gpus: boolean; qos: boolean }> {
  let script = "";
  const reach = {
    machine: "train-0",
    async run(text: string) {
      script = text;
      return { exitCode: 0, stdout: Buffer.from("### end\n"), stderr: "" };
    },
  };
  const machine = { reach, facts: (_key: string, look: () => Promise<unknown>) => look() };
  const context = { machine, signal: new AbortController().signal } as unknown as ResourceContext;
  const own = { ...guestTuningInputs.parse({}), ...inputs } as GuestTuningInputs;
  await observeGuestTuning(context, KEY, inputs && own, known && ({ ...own, ...known } as GuestTuningOutputs));
  return { gpus: script.includes("nvidia-smi --query"), qos: script.includes("mlnx_qos -i") };
}

describe("what a look asks for", () => {
  it("is nothing of GPUs that nobody wants to tune or has tuned", async () => {
    assert.equal((await asked({})).gpus, true);
    assert.equal((await asked({ gpus: "none" })).gpus, false);
    assert.equal((await asked({ gpus: "none", gpuClocks: { [GPU]: { persistence: true } } })).gpus, true);
    assert.equal((await asked({ gpus: "none" }, { gpuClocks: {} })).gpus, false);
    assert.equal((await asked({ gpus: "none" }, { gpuClocks: { [GPU]: { persistence: true } } })).gpus, true);
    assert.equal((await asked(undefined, { gpus: "none", gpuClocks: {} })).gpus, false);
    assert.equal((await asked({ gpus: new Unknown("string") })).gpus, true);
  });

  it("is RoCE QoS where it is asked for or was", async () => {
    assert.equal((await asked({ nicSettings: { mtu: 9000 } })).qos, false);
    assert.equal((await asked({ nicSettings: { trust: "dscp" } })).qos, true);
    assert.equal((await asked({ interfaces: { [ADAPTER]: { pfcPriorities: [3] } } })).qos, true);
    assert.equal((await asked({}, { interfaces: { [ADAPTER]: { mtu: 9000 } } })).qos, false);
    assert.equal((await asked({}, { interfaces: { [ADAPTER]: { dscpPriorities: { "26": 3 } } } })).qos, true);
    assert.equal((await asked({ nicSettings: new Unknown("object") })).qos, true);
  });

  it("of an import is all GPUs, for their facts, and no setting", async () => {
    assert.deepEqual(await asked(), { gpus: true, qos: false });
  });
});
