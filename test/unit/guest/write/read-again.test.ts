import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import { observeScript } from "../../../../core/guest/observe-script";
import { observedTuning } from "../../../../core/guest/observed";
import { parseReading } from "../../../../core/guest/reading";
import type { ObservedTuning } from "../../../../core/guest/tuning-shape";
import { adapters, before, exampleSystem, tuned } from "./example";
import { type FakeSystem, scriptOf } from "./system";

const QUESTION = { sysctls: Object.keys(tuned.sysctls), gpus: true, qos: true };

describe("what an update writes, as the next look reads it", () => {
  let system: FakeSystem;
  afterEach(() => system.remove());

  function look(): ObservedTuning {
    const { code, stdout, stderr } = system.run(observeScript(QUESTION));
    assert.equal(code, 0, stderr);
    return observedTuning(parseReading(stdout), QUESTION);
  }

  it("is persistent and unharmed, with every kernel parameter as it was set", () => {
    system = exampleSystem();
    assert.equal(look().persistent, false);
    assert.equal(system.run(scriptOf(tuned, before, adapters)).code, 0);
    const { persistent, damaged, sysctls } = look();
    assert.deepEqual({ persistent, damaged, sysctls }, { persistent: true, damaged: [], sysctls: tuned.sysctls });
  });

  for (const path of [
    "/etc/sysctl.d/99-zz-gpudirect.conf",
    "/etc/gpudirect/guest-tuning.conf",
    "/usr/local/sbin/gpudirect-guest-tuning",
    "/etc/udev/rules.d/99-zz-gpudirect.rules",
    "/etc/systemd/system/gpudirect-guest-tuning-links.path",
  ]) {
    it(`is no longer persistent where somebody changes ${path}, and is again after the next update`, () => {
      system = exampleSystem();
      system.run(scriptOf(tuned, before, adapters));
      const whole = system.snapshot();
      system.write(`root${path}`, "another\n");
      const { persistent, damaged } = look();
      assert.deepEqual({ persistent, damaged: damaged.includes(path) }, { persistent: false, damaged: true });
      assert.equal(system.run(scriptOf(tuned, { ...tuned, persistent: false }, adapters)).code, 0);
      assert.deepEqual(system.snapshot(), whole);
    });
  }
});
