import assert from "node:assert/strict";
import { Unknown } from "../../../core/diff/unknown";
import { FakeRedfish } from "./fake-redfish";
import { Managed } from "./managed";
import { AMI } from "./registries/ami";
import { DELL_INTEL } from "./registries/dell";
import { DGX } from "./registries/dgx";
import { type Bios, choice, readingOf, rule } from "./registries/document";
import { HPE_INTEL } from "./registries/hpe";
import { SUPERMICRO_INTEL } from "./registries/supermicro";

let hosts = 0;
const managed = (bios: Bios) => new Managed(new FakeRedfish(readingOf(bios)), `judged${++hosts}`);

async function refusals(bios: Bios, input: Record<string, unknown>): Promise<string[]> {
  const one = managed(bios);
  const wanted = one.inputs({ intents: {}, ...input });
  return one.refusals(await one.mustObserve(wanted), wanted);
}

describe("what a BIOS cannot have", () => {
  it("is refused all at once, each with its place", async () => {
    const found = await refusals(DELL_INTEL, {
      intents: { virtualization: true, iommu: false, acs: true },
      need: { acs: "required" },
      attributes: {
        SriovGlobalEnabled: "Enabled",
        SystemModelName: "Other",
        ProcC1E: "Disabled",
        BootMode: "uefi",
        SysProfile: "Performance",
        AcPwrRcvryUserDelay: 30,
        AssetTag: "x".repeat(64),
        LogicalProc: true,
        SetupPassword: "secret",
      },
    });
    assert.deepEqual(found, [
      'intents.acs: is not offered: the BIOS has no attribute for it, by its registry. Leave it out, or set need.acs to "preferred" to go without it',
      "attributes.SriovGlobalEnabled: the BIOS has no attribute of this name; did you mean SriovGlobalEnable?",
      'attributes.BootMode: must be one of "Bios", "Uefi", not "uefi"',
      'attributes.SysProfile: must be one of "PerfPerWattOptimizedDapc", "PerfOptimized", "Custom", not "Performance"; "Performance" is what the setup screen shows for "PerfOptimized"',
      "attributes.AcPwrRcvryUserDelay: must be from 60 to 600, not 30",
      "attributes.AssetTag: must have at most 63 characters",
      'attributes.LogicalProc: must be one of "Enabled", "Disabled", not true',
      "attributes.SetupPassword: is a password, which cannot be read back; set it in the BMC",
      'intents.iommu: sets ProcVirtualization, and so does intents.virtualization: intents.virtualization asks for "Enabled", intents.iommu for "Disabled"; let them agree',
      'attributes.SystemModelName: SystemModelName is read-only, so it stays "PowerEdge XE9680"',
      'attributes.ProcC1E: ProcC1E is read-only while SysProfile is PerfPerWattOptimizedDapc, so it stays "Enabled"',
    ]);
  });

  it("does not include what is so already", async () => {
    const attributes = { SystemModelName: "PowerEdge XE9680", ProcC1E: "Enabled" };
    assert.deepEqual(await refusals(DELL_INTEL, { attributes }), []);
  });

  it("is held against the rules as they will be: what unlocks may be written with what it unlocks", async () => {
    assert.deepEqual(await refusals(DELL_INTEL, { attributes: { SysProfile: "Custom", ProcC1E: "Disabled" } }), []);
    const locked = await refusals(SUPERMICRO_INTEL, { intents: { acs: true }, need: { acs: "required" } });
    assert.match(
      locked[0] ?? "",
      /^intents.acs: ACSControl_0042 is hidden while IntelVTforDirectedI\/O\(VT-d\)_0041 is Disable/,
    );
    assert.deepEqual(await refusals(SUPERMICRO_INTEL, { intents: { iommu: true, acs: true } }), []);
    assert.deepEqual(await refusals(DGX, { attributes: { Ipv4Pxe: "Enabled" } }), [
      'attributes.Ipv4Pxe: Ipv4Pxe is grayed out while NetworkStack is Disabled, so it stays "Disabled"',
    ]);
    assert.deepEqual(await refusals(DGX, { attributes: { Ipv4Pxe: "Enabled", NetworkStack: "Enabled" } }), []);
  });

  it("includes a value that another setting forces", async () => {
    const forcing: Bios = {
      id: "Forcing",
      manufacturer: "Example",
      attributes: [
        choice("Profile", "Profile", "./", ["Fast", "Custom"], "Fast"),
        choice("IommuSupport", "IOMMU Support", "./", ["Enabled", "Disabled"], "Disabled"),
      ],
      rules: [
        {
          ...rule("Profile", "EQU", "Fast", "IommuSupport", "CurrentValue"),
          Dependency: {
            ...rule("Profile", "EQU", "Fast", "IommuSupport", "CurrentValue").Dependency,
            MapToValue: "Disabled",
          },
        },
      ],
    };
    const [refusal] = await refusals(forcing, { intents: { iommu: true } });
    assert.match(
      refusal ?? "",
      /^intents.iommu: IommuSupport is made "Disabled" while Profile is Fast, so it cannot be "Enabled"/,
    );
    assert.deepEqual(await refusals(forcing, { intents: { iommu: true }, attributes: { Profile: "Custom" } }), []);
  });

  it("includes an attribute that an intent sets otherwise", async () => {
    const [refusal] = await refusals(DELL_INTEL, {
      intents: { sriov: true },
      attributes: { SriovGlobalEnable: "Disabled" },
    });
    assert.equal(
      refusal,
      'attributes.SriovGlobalEnable: sets SriovGlobalEnable, and so does intents.sriov: intents.sriov asks for "Enabled", attributes.SriovGlobalEnable for "Disabled"; let them agree',
    );
    const same = { intents: { sriov: true }, attributes: { SriovGlobalEnable: "Enabled" } };
    assert.deepEqual(await refusals(DELL_INTEL, same), []);
  });

  it("includes a value that an intent's attribute has not, and a name for one that has a word of ours", async () => {
    const found = await refusals(SUPERMICRO_INTEL, {
      intents: { numaPerSocket: "NPS8", iommu: "Enable", maxReadRequest: "Auto" },
      need: { numaPerSocket: "required" },
    });
    assert.deepEqual(found, [
      'intents.iommu: "Enable" is how this BIOS says true; write true. Leave it out, or set need.iommu to "preferred" to go without it',
      'intents.numaPerSocket: SNC_0061 (SNC (Sub NUMA)) cannot be "NPS8"; it can be 1, 2, 4, "Auto". Leave it out, or set need.numaPerSocket to "preferred" to go without it',
    ]);
  });

  it("does not include what is not known yet", async () => {
    const one = managed(DELL_INTEL);
    const observed = await one.mustObserve();
    const wanted = {
      ...one.inputs(),
      intents: new Unknown("object"),
      attributes: { BootMode: new Unknown("string"), Nope: 1 },
    };
    assert.deepEqual(one.refusals(observed, wanted), ["attributes.Nope: the BIOS has no attribute of this name"]);
  });
});

describe("what is only preferred", () => {
  it("is told and left, without a difference", async () => {
    const one = managed(HPE_INTEL);
    const wanted = one.inputs();
    const observed = await one.mustObserve(wanted);
    assert.deepEqual(one.judge(observed, wanted), {
      refusals: [],
      warnings: [
        "intents.maxReadRequest: is not offered: the BIOS has no attribute for it, by its registry; it is left as it is",
      ],
      beyond: ["intents.maxReadRequest"],
    });
    assert.deepEqual(one.paths(observed, wanted).sort(), [
      "intents.acs",
      "intents.iommu",
      "intents.sriov",
      "intents.virtualization",
    ]);
  });

  it("is left too where its attribute is locked, or has no such value", async () => {
    const one = managed(SUPERMICRO_INTEL);
    const wanted = one.inputs({ intents: { acs: true, numaPerSocket: "NPS8" } });
    const { beyond, refusals, warnings } = one.judge(await one.mustObserve(wanted), wanted);
    assert.deepEqual({ beyond, refusals }, { beyond: ["intents.numaPerSocket", "intents.acs"], refusals: [] });
    assert.equal(
      warnings?.[1],
      'intents.acs: ACSControl_0042 is hidden while IntelVTforDirectedI/O(VT-d)_0041 is Disable, so it stays "Disable"; it is left as it is',
    );
  });

  it("is required where the program says so", async () => {
    const found = await refusals(HPE_INTEL, {
      intents: { maxReadRequest: 4096 },
      need: { maxReadRequest: "required" },
    });
    assert.equal(found.length, 1);
    assert.match(found[0] ?? "", /^intents.maxReadRequest: is not offered/);
    const preferred = await refusals(HPE_INTEL, { intents: { aboveFourG: true }, need: { aboveFourG: "preferred" } });
    assert.deepEqual(preferred, []);
    assert.equal((await refusals(HPE_INTEL, { intents: { aboveFourG: true } })).length, 1);
  });

  it("is known from the state alone, where nobody has looked", async () => {
    const one = managed(HPE_INTEL);
    const wanted = one.inputs({ intents: { maxReadRequest: 4096, aboveFourG: true } });
    const state = { ...(await one.mustObserve(wanted)), host: "never-looked-at" };
    assert.deepEqual(one.judge(state, wanted).beyond, ["intents.maxReadRequest"]);
    assert.equal(one.refusals(state, wanted).length, 1);
  });
});

describe("what a plan tells of a BIOS", () => {
  it("are settings of others that wait", async () => {
    const bmc = new FakeRedfish(readingOf(AMI));
    bmc.schedule({ SETUP003: 7, PCIS007: "PCIS007Enabled" });
    const one = new Managed(bmc, `judged${++hosts}`);
    const wanted = one.inputs({ intents: { sriov: true } });
    const observed = await one.mustObserve(wanted);
    assert.deepEqual(one.judge(observed, wanted).warnings, [
      "settings that this resource does not ask for wait for the next boot too: SETUP003 = 7",
    ]);
    assert.equal(observed.bootNeed.reasons.length, 2, "the same boot applies them");
  });

  it("is that it has no registry: attributes are then checked by their type alone", async () => {
    const { registry: _, ...bare } = readingOf(AMI);
    const bmc = new FakeRedfish({ ...bare, registryProblem: "404 Not Found" });
    const one = new Managed(bmc, `judged${++hosts}`);
    const wanted = one.inputs({
      intents: { sriov: true, iommu: true },
      attributes: { SETUP003: "7", SETUP03: 7, PCIS009: "PCIS009Enable" },
    });
    const observed = await one.mustObserve(wanted);
    assert.deepEqual(one.judge(observed, wanted).warnings, [
      "the BMC offers no attribute registry (404 Not Found): settings are found by known names alone, and values are checked by their type",
    ]);
    assert.deepEqual(one.refusals(observed, wanted), [
      'intents.iommu: is not offered: the values of Rome0162 say nothing known (now Rome0162Auto); set it by its name in attributes. Leave it out, or set need.iommu to "preferred" to go without it',
      'attributes.SETUP003: must be a number, as its present value 1 is, not "7"',
      "attributes.SETUP03: the BIOS has no attribute of this name; did you mean SETUP003?",
    ]);
    assert.equal(observed.registryProblem, "404 Not Found");
  });
});

describe("inputs of Bios", () => {
  const bios = managed(AMI);

  it("default to the seed's", () => {
    assert.deepEqual(bios.inputs(), {
      host: bios.host,
      restoreOnDelete: true,
      intents: { virtualization: true, iommu: true, acs: true, sriov: true, maxReadRequest: 4096 },
      need: {},
      attributes: {},
    });
  });

  it("are refused where they make no sense", () => {
    assert.throws(
      () => bios.inputs({ intents: { maxReadRequest: 4000 } }),
      /intents.maxReadRequest: Must be one of 128, 256, 512, 1024, 2048, 4096, or must be a string/,
    );
    assert.throws(
      () => bios.inputs({ intents: { sriov: 1 } }),
      /intents.sriov: Must be a boolean, not a number, or must be a string/,
    );
    assert.throws(() => bios.inputs({ intents: { sirov: true } }), /sirov/);
    assert.throws(() => bios.inputs({ need: { sriov: "maybe" } }), /need.sriov/);
    assert.throws(() => bios.inputs({ attributes: { A: null } }), /attributes.A/);
    assert.throws(() => bios.inputs({ system: "a/b" }), /system: Must be the Redfish id/);
  });
});
