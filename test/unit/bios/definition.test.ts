import assert from "node:assert/strict";
import type { Attributes } from "../../../core/bios/bios-reading";
import { FakeRedfish } from "./fake-redfish";
import { Managed } from "./managed";
import { AMI } from "./registries/ami";
import { DELL_INTEL } from "./registries/dell";
import { type Bios, readingOf } from "./registries/document";
import { SUPERMICRO_AMD } from "./registries/supermicro";

let hosts = 0;
/** Each on a host of its own: what one was seen to hold must not be taken for another's. */
function managed(bios: Bios, changed?: Attributes): { bmc: FakeRedfish; bios: Managed } {
  const bmc = new FakeRedfish(readingOf(bios, changed));
  return { bmc, bios: new Managed(bmc, `node${++hosts}`) };
}

describe("Bios, from create to delete", () => {
  it("writes once, waits for the boot, shows drift by field, and puts everything back", async () => {
    const { bmc, bios } = managed(SUPERMICRO_AMD);
    const wanted = bios.inputs();
    const first = await bios.mustObserve(wanted);
    assert.deepEqual(first.intents, {
      virtualization: true,
      iommu: "Auto",
      acs: "Auto",
      sriov: false,
      aboveFourG: true,
      numaPerSocket: "Auto",
      ioRelaxedOrdering: false,
    });

    const planned = bios.preview(first, wanted);
    assert.deepEqual(planned.bootNeed, {
      kind: "reboot",
      passes: 1,
      reasons: [
        'BIOS IOMMU_0196 goes from "Auto" to "Enabled"',
        'BIOS ACSEnable_0197 goes from "Auto" to "Enabled"',
        'BIOS SR_IOVSupport_00B3 goes from "Disabled" to "Enabled"',
      ],
    });
    assert.equal(planned.resolved?.sriov?.value, "Enabled");
    assert.equal(bmc.written.length, 0, "a preview writes nothing");

    const created = await bios.up(wanted);
    assert.deepEqual(bmc.written, [
      { IOMMU_0196: "Enabled", ACSEnable_0197: "Enabled", SR_IOVSupport_00B3: "Enabled" },
    ]);
    assert.deepEqual(bios.phases, ["writing 3 BIOS settings for the next boot"]);
    assert.deepEqual(bios.paths(created, wanted), [], "what waits for the boot is no difference");
    assert.equal(created.running.intents.sriov, false);
    assert.equal(created.intents.sriov, true);
    assert.deepEqual(created.bootNeed, planned.bootNeed, "as the preview said");
    assert.deepEqual(created.resolved.sriov, {
      attribute: "SR_IOVSupport_00B3",
      displayName: "SR-IOV Support",
      value: "Enabled",
      how: "known name",
    });

    bmc.boot();
    const booted = await bios.mustObserve(wanted, created);
    assert.deepEqual(bios.paths(booted, wanted), []);
    assert.equal(booted.running.intents.sriov, true);
    assert.deepEqual(booted.bootNeed, { kind: "none", passes: 0, reasons: [] });

    bmc.schedule({ SR_IOVSupport_00B3: "Disabled" });
    const drifted = await bios.mustObserve(wanted, booted);
    assert.deepEqual(bios.paths(drifted, wanted), ["intents.sriov"]);
    await bios.up(wanted, drifted);
    assert.deepEqual(bmc.written.at(-1), { SR_IOVSupport_00B3: "Enabled" });

    await bios.destroy(wanted, first);
    bmc.boot();
    assert.deepEqual(bmc.reading?.current, readingOf(SUPERMICRO_AMD).current, "also what has no meaning of ours: Auto");
  });

  it("manages attributes by name, and sees only those that are asked for", async () => {
    const { bmc, bios } = managed(AMI);
    const wanted = bios.inputs({
      intents: {},
      attributes: { SETUP003: 10, PCIS009: "PCIS009Enabled", SETUP005: false },
    });
    const created = await bios.up(wanted);
    assert.deepEqual(bmc.written, [{ SETUP003: 10, PCIS009: "PCIS009Enabled", SETUP005: false }]);
    assert.deepEqual(created.attributes, { SETUP003: 10, PCIS009: "PCIS009Enabled", SETUP005: false });
    assert.deepEqual(created.running.attributes, { SETUP003: 1, PCIS009: "PCIS009Disabled", SETUP005: true });
    bmc.boot();
    bmc.schedule({ PCIS009: "PCIS009Disabled", SETUP004: "SETUP004Off" });
    const drifted = await bios.mustObserve(wanted, created);
    assert.deepEqual(bios.paths(drifted, wanted), ["attributes.PCIS009"]);
    const less = bios.inputs({ intents: {}, attributes: { SETUP003: 10 } });
    assert.deepEqual(Object.keys((await bios.mustObserve(less, drifted)).attributes).sort(), [
      "PCIS009",
      "SETUP003",
      "SETUP005",
    ]);
    assert.deepEqual((await bios.mustObserve()).attributes, {}, "an import takes none over");
  });

  it("keeps what was in force in sight where the BMC shows scheduled values at once", async () => {
    const { bmc, bios } = managed(DELL_INTEL);
    bmc.showsEarly = true;
    const wanted = bios.inputs({ intents: { sriov: true } });
    const created = await bios.up(wanted);
    assert.equal(created.running.intents.sriov, false);
    assert.deepEqual(created.bootNeed.reasons, ['BIOS SriovGlobalEnable goes from "Disabled" to "Enabled"']);

    const later = new Managed(bmc, `node${++hosts}`);
    const refreshed = await later.mustObserve(wanted, created);
    assert.equal(refreshed.running.intents.sriov, false, "another process has it from the state");
    assert.equal(refreshed.bootNeed.kind, "reboot");
    const stranger = await later.mustObserve(wanted);
    assert.equal(stranger.running.intents.sriov, undefined, "with no state, it is not told");
    assert.deepEqual(stranger.bootNeed.reasons, ['BIOS SriovGlobalEnable becomes "Enabled"']);

    bmc.boot();
    const booted = await bios.mustObserve(wanted, created);
    assert.equal(booted.running.intents.sriov, true);
    assert.equal(booted.bootNeed.kind, "none");
  });

  it("needs no boot where the BMC applies at once", async () => {
    const { bmc, bios } = managed(DELL_INTEL);
    bmc.reading = { ...readingOf(DELL_INTEL), appliesAtOnce: true };
    const wanted = bios.inputs({ intents: { sriov: true } });
    const observed = await bios.mustObserve(wanted);
    assert.equal(bios.preview(observed, wanted).bootNeed?.kind, "none");
    await bios.up(wanted);
    assert.deepEqual(bios.phases, ["writing 1 BIOS setting"]);
  });

  it("shows again what the BMC could not apply, and says why", async () => {
    const { bmc, bios } = managed(DELL_INTEL);
    const wanted = bios.inputs({ intents: { sriov: true } });
    const created = await bios.up(wanted);
    bmc.boot(["SriovGlobalEnable"]);
    const booted = await bios.mustObserve(wanted, created);
    assert.deepEqual(bios.paths(booted, wanted), ["intents.sriov"]);
    assert.deepEqual(bios.judge(booted, wanted).warnings, [
      "at the last boot the BMC could not apply a setting: The property SriovGlobalEnable could not be set.",
    ]);
  });

  it("looks once for a create that changes nothing, and writes nothing", async () => {
    const { bmc, bios } = managed(DELL_INTEL, { SriovGlobalEnable: "Enabled" });
    const wanted = bios.inputs({ intents: { sriov: true } });
    const observed = await bios.mustObserve(wanted);
    await bios.write(wanted, observed, bios.changes(observed, wanted));
    assert.deepEqual(bmc.written, []);
    assert.equal(bmc.reads, 1);
  });

  it("imports intents under their names, and is content with them", async () => {
    const { bios } = managed(SUPERMICRO_AMD);
    const found = await bios.mustObserve();
    const imported = bios.inputs({ intents: found.intents });
    const state = { ...found, need: imported.need, restoreOnDelete: true };
    assert.deepEqual(bios.paths(state, imported), []);
    assert.deepEqual(bios.refusals(found, imported), []);
  });
});

describe("Bios that cannot be reached", () => {
  it("names the setting that a host without a BMC lacks", async () => {
    const bios = new Managed(undefined, "node7");
    await assert.rejects(bios.observe(bios.inputs()), {
      name: "Refusal",
      message:
        "host: BIOS settings are reached through the BMC, and node7 is known without one; set hosts.node7.bmc in the provider's configuration, or connection.bmc where the resource has a connection",
    });
  });

  it("is not there where no system has BIOS settings, and a create says so", async () => {
    const bios = new Managed(new FakeRedfish(undefined), "node7");
    const wanted = bios.inputs({ system: "Node2" });
    assert.equal(await bios.observe(wanted), undefined);
    await assert.rejects(
      bios.write(wanted, undefined, bios.changes({}, wanted)),
      /the BMC of node7 has no system with BIOS settings of the id Node2/,
    );
  });

  it("ends with its signal", async () => {
    const { bios } = managed(DELL_INTEL);
    bios.abort.abort();
    await assert.rejects(bios.observe(), { name: "AbortError" });
  });
});
