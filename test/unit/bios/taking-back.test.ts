import assert from "node:assert/strict";
import type { Attributes } from "../../../core/bios/bios-reading";
import type { PlainObject } from "../../../core/diff/plain";
import { waitingForBoot } from "../../../provider/resources/host-baseline/pending";
import { FakeRedfish } from "./fake-redfish";
import { Managed } from "./managed";
import { AMI } from "./registries/ami";
import { DELL_AMD, DELL_INTEL } from "./registries/dell";
import { DGX } from "./registries/dgx";
import { type Bios, readingOf } from "./registries/document";
import { HPE_INTEL } from "./registries/hpe";
import { SUPERMICRO_INTEL } from "./registries/supermicro";

let hosts = 0;
function managed(bios: Bios, changed?: Attributes): { bmc: FakeRedfish; bios: Managed } {
  const bmc = new FakeRedfish(readingOf(bios, changed));
  return { bmc, bios: new Managed(bmc, `back${++hosts}`) };
}

describe("a delete of settings that lock one another", () => {
  const pairs: readonly [string, Bios, PlainObject][] = [
    ["Dell, Intel", DELL_INTEL, { attributes: { SysProfile: "Custom", ProcC1E: "Disabled" } }],
    ["Dell, AMD", DELL_AMD, { attributes: { SysProfile: "Custom", ProcCStates: "Disabled" } }],
    ["Supermicro", SUPERMICRO_INTEL, { intents: { iommu: true, acs: true } }],
    ["DGX", DGX, { attributes: { NetworkStack: "Enabled", Ipv4Pxe: "Enabled" } }],
  ];
  for (const [name, registry, input] of pairs) {
    it(`brings all of them back: ${name}`, async () => {
      const { bmc, bios } = managed(registry);
      const wanted = bios.inputs({ intents: {}, ...input });
      const first = await bios.mustObserve(wanted);
      await bios.up(wanted);
      bmc.boot();
      await bios.destroy(wanted, first);
      assert.equal(Object.keys(bmc.written.at(-1) ?? {}).length, 2);
      bmc.boot();
      assert.deepEqual(bmc.reading?.current, readingOf(registry).current);
      assert.deepEqual(bios.warnings, []);
    });
  }

  it("leaves what somebody has locked since, and says so", async () => {
    const { bmc, bios } = managed(DELL_INTEL);
    const wanted = bios.inputs({ intents: { sriov: true }, attributes: { SysProfile: "Custom", ProcC1E: "Disabled" } });
    const first = await bios.mustObserve(wanted);
    await bios.up(wanted);
    bmc.boot();
    bmc.schedule({ SysProfile: "PerfOptimized" });
    bmc.boot();
    await bios.destroy(wanted, first);
    assert.deepEqual(bmc.written.at(-1), { SriovGlobalEnable: "Disabled" });
    assert.deepEqual(bios.warnings, [
      'attributes.ProcC1E does not get back what it was: ProcC1E is read-only while SysProfile is PerfOptimized, so it stays "Disabled"',
    ]);
  });
});

describe("an entry taken out of the program", () => {
  it("yields to an intent that sets the same attribute", async () => {
    const { bmc, bios } = managed(DELL_INTEL);
    const both = bios.inputs({ intents: { virtualization: true, iommu: true } });
    const first = await bios.mustObserve(both);
    const state = await bios.up(both);
    await bios.change(bios.inputs({ intents: { virtualization: true } }), both, first, state);
    assert.deepEqual(bmc.written, [{ ProcVirtualization: "Enabled" }]);
  });

  it("yields to an intent where it was wanted by name", async () => {
    const { bmc, bios } = managed(DELL_INTEL);
    const both = bios.inputs({ intents: { sriov: true }, attributes: { SriovGlobalEnable: "Enabled" } });
    const first = await bios.mustObserve(both);
    const state = await bios.up(both);
    await bios.change(bios.inputs({ intents: { sriov: true } }), both, first, state);
    assert.deepEqual(bmc.written, [{ SriovGlobalEnable: "Enabled" }]);
  });

  it("comes back where nothing else asks for its attribute", async () => {
    const { bmc, bios } = managed(DELL_INTEL);
    const before = bios.inputs({ intents: { iommu: true } });
    const first = await bios.mustObserve(before);
    const state = await bios.up(before);
    await bios.change(bios.inputs({ intents: { sriov: true } }), before, first, state);
    assert.deepEqual(bmc.written.at(-1), { ProcVirtualization: "Disabled", SriovGlobalEnable: "Enabled" });
  });
});

describe("the preview of an attribute that an intent could set too", () => {
  for (const input of [{ intents: {}, attributes: { SriovGlobalEnable: "Enabled" } }, { intents: { iommu: true } }]) {
    it(`tells the boot that the update will need: ${Object.keys({ ...input.attributes, ...input.intents })}`, async () => {
      const { bios } = managed(DELL_INTEL);
      const wanted = bios.inputs(input);
      const first = await bios.mustObserve(wanted);
      const planned = bios.preview(first, wanted);
      const after = await bios.up(wanted);
      assert.equal(planned.bootNeed?.kind, "reboot");
      assert.deepEqual(planned.bootNeed, after.bootNeed);
      assert.deepEqual(planned.resolved, after.resolved);
    });
  }
});

describe("a system of the id system", () => {
  it("is asked for by its id, and shows no change", async () => {
    const { bmc, bios } = managed(HPE_INTEL);
    const wanted = bios.inputs({ system: "system", intents: {} });
    assert.deepEqual(bios.paths(await bios.mustObserve(wanted), wanted), []);
    assert.deepEqual(bmc.systems, ["system"]);
    await bios.mustObserve(bios.inputs({ intents: {} }));
    assert.deepEqual(bmc.systems, ["system", undefined]);
  });
});

describe("what a deleted baseline lists of the BIOS", () => {
  it("names a value in force only where it is known", async () => {
    const bmc = new FakeRedfish({ ...readingOf(AMI), pending: {} });
    bmc.schedule({ PCIS007: "PCIS007Enabled" });
    const told = async () =>
      (await waitingForBoot(new Managed(bmc, "b").context)).filter((one) => one.startsWith("BIOS"));
    assert.deepEqual(await told(), ["BIOS setting PCIS007: PCIS007Disabled → PCIS007Enabled"]);
    bmc.showsEarly = true;
    assert.deepEqual(await told(), ["BIOS setting PCIS007: PCIS007Enabled"]);
  });
});
