import assert from "node:assert/strict";
import type { BiosReading } from "../../../core/bios/bios-reading";
import { INTENTS, type IntentName, type IntentValue } from "../../../core/bios/intents";
import { resolveIntents } from "../../../core/bios/resolve-intents";
import { readIntent, writeIntent } from "../../../core/bios/vocabulary";
import { AMI } from "./registries/ami";
import { DELL_AMD, DELL_INTEL } from "./registries/dell";
import { DGX } from "./registries/dgx";
import { type Bios, choice, readingOf, setting } from "./registries/document";
import { HPE_AMD, HPE_INTEL } from "./registries/hpe";
import { LENOVO_AMD, LENOVO_INTEL } from "./registries/lenovo";
import { STRANGER } from "./registries/stranger";
import { SUPERMICRO_AMD, SUPERMICRO_INTEL } from "./registries/supermicro";

/** What a GPU server is set to, everything asked for. */
const WANTED: Readonly<Record<IntentName, IntentValue>> = {
  virtualization: true,
  iommu: true,
  acs: true,
  sriov: true,
  maxReadRequest: 4096,
  aboveFourG: true,
  numaPerSocket: 2,
  ioRelaxedOrdering: true,
};

/** Attribute and value by which each wanted intent is set: `SriovGlobalEnable = Enabled`; `-` where it is not offered. */
function resolved(reading: BiosReading): Record<string, string> {
  const resolutions = resolveIntents(reading);
  return Object.fromEntries(
    INTENTS.map((intent) => {
      const resolution = resolutions[intent];
      if ("notOffered" in resolution) return [intent, "-"];
      const { attribute, vocabulary } = resolution.offered;
      return [intent, `${attribute} = ${String(writeIntent(vocabulary, WANTED[intent]))}`];
    }),
  );
}

const why = (reading: BiosReading, intent: IntentName): string => {
  const resolution = resolveIntents(reading)[intent];
  return "notOffered" in resolution ? resolution.notOffered : `offered as ${resolution.offered.attribute}`;
};

describe("BIOS intents by vendor", () => {
  const cases: [name: string, bios: Bios, expected: Record<IntentName, string>][] = [
    [
      "Dell, Intel: one switch for virtualization and IOMMU",
      DELL_INTEL,
      {
        virtualization: "ProcVirtualization = Enabled",
        iommu: "ProcVirtualization = Enabled",
        acs: "-",
        sriov: "SriovGlobalEnable = Enabled",
        maxReadRequest: "-",
        aboveFourG: "MmioAbove4Gb = Enabled",
        numaPerSocket: "SubNumaCluster = Enabled",
        ioRelaxedOrdering: "-",
      },
    ],
    [
      "Dell, AMD: the IOMMU has its own",
      DELL_AMD,
      {
        virtualization: "ProcVirtualization = Enabled",
        iommu: "IommuSupport = Enabled",
        acs: "-",
        sriov: "SriovGlobalEnable = Enabled",
        maxReadRequest: "-",
        aboveFourG: "MmioAbove4Gb = Enabled",
        numaPerSocket: "NumaNodesPerSocket = 2",
        ioRelaxedOrdering: "-",
      },
    ],
    [
      "HPE, Intel",
      HPE_INTEL,
      {
        virtualization: "ProcVirtualization = Enabled",
        iommu: "IntelProcVtd = Enabled",
        acs: "AccessControlService = Enabled",
        sriov: "Sriov = Enabled",
        maxReadRequest: "-",
        aboveFourG: "-",
        numaPerSocket: "SubNumaClustering = Enabled",
        ioRelaxedOrdering: "-",
      },
    ],
    [
      "HPE, AMD",
      HPE_AMD,
      {
        virtualization: "ProcAmdVirtualization = Enabled",
        iommu: "ProcAmdIOMMU = Enabled",
        acs: "AccessControlService = Enabled",
        sriov: "Sriov = Enabled",
        maxReadRequest: "-",
        aboveFourG: "-",
        numaPerSocket: "NumaMemoryDomainsPerSocket = TwoMemoryDomainsPerSocket",
        ioRelaxedOrdering: "-",
      },
    ],
    [
      "Supermicro, Intel: names with signs and a suffix",
      SUPERMICRO_INTEL,
      {
        virtualization: "IntelVirtualizationTechnology_0012 = Enable",
        iommu: "IntelVTforDirectedI/O(VT-d)_0041 = Enable",
        acs: "ACSControl_0042 = Enable",
        sriov: "SR-IOVSupport_00B3 = Enabled",
        maxReadRequest: "MaximumReadRequest_00B9 = 4096 Bytes",
        aboveFourG: "Above4GDecoding_00B1 = Enabled",
        numaPerSocket: "SNC_0061 = Enable SNC2 (2-clusters)",
        ioRelaxedOrdering: "-",
      },
    ],
    [
      "Supermicro, AMD",
      SUPERMICRO_AMD,
      {
        virtualization: "SVMMode_0038 = Enabled",
        iommu: "IOMMU_0196 = Enabled",
        acs: "ACSEnable_0197 = Enabled",
        sriov: "SR_IOVSupport_00B3 = Enabled",
        maxReadRequest: "-",
        aboveFourG: "Above4GDecoding_00B1 = Enabled",
        numaPerSocket: "NUMANodesPerSocket_0199 = NPS2",
        ioRelaxedOrdering: "RelaxedOrdering_00BA = Enabled",
      },
    ],
    [
      "AMI: codes as names, and in the values",
      AMI,
      {
        virtualization: "Rome0565 = Rome0565Enabled",
        iommu: "Rome0162 = Rome0162Enabled",
        acs: "Rome0166 = Rome0166Enabled",
        sriov: "PCIS007 = PCIS007Enabled",
        maxReadRequest: "PCIS012 = PCIS0124096Bytes",
        aboveFourG: "PCIS006 = PCIS006Enabled",
        numaPerSocket: "-",
        ioRelaxedOrdering: "PCIS008 = PCIS008Enabled",
      },
    ],
    [
      "DGX H100",
      DGX,
      {
        virtualization: "ProcessorVmxEnable = Enable",
        iommu: "VTdSupport = Enable",
        acs: "-",
        sriov: "SRIOVEnable = Enable",
        maxReadRequest: "-",
        aboveFourG: "MmioAbove4G = Enable",
        numaPerSocket: "SncEn = SNC2",
        ioRelaxedOrdering: "-",
      },
    ],
    [
      "Lenovo, AMD: names with their menu before them",
      LENOVO_AMD,
      {
        virtualization: "Processors_SVMMode = Enabled",
        iommu: "DevicesandIOPorts_IOMMU = Enabled",
        acs: "-",
        sriov: "DevicesandIOPorts_SRIOV = Enabled",
        maxReadRequest: "-",
        aboveFourG: "-",
        numaPerSocket: "Memory_NUMANodesperSocket = NPS2",
        ioRelaxedOrdering: "-",
      },
    ],
    [
      "Lenovo, Intel: relaxed ordering of processor and chipset are two settings, so neither is taken",
      LENOVO_INTEL,
      {
        virtualization: "Processors_IntelVirtualizationTechnology = Enabled",
        iommu: "DevicesandIOPorts_IntelVTforDirectedIOVTd = Enabled",
        acs: "-",
        sriov: "DevicesandIOPorts_SRIOV = Enabled",
        maxReadRequest: "-",
        aboveFourG: "-",
        numaPerSocket: "Processors_SNC = SNC2",
        ioRelaxedOrdering: "-",
      },
    ],
    [
      "an unknown vendor, by display names, past what is easily taken for them",
      STRANGER,
      {
        virtualization: "Q0101 = 1",
        iommu: "Q0102 = 1",
        acs: "Q0201 = 1",
        sriov: "Q0301 = 1",
        maxReadRequest: "Q0401 = 5",
        aboveFourG: "Q0501 = 1",
        numaPerSocket: "Q0601 = 1",
        ioRelaxedOrdering: "Q0701 = 1",
      },
    ],
  ];
  for (const [name, bios, expected] of cases) {
    it(name, () => assert.deepEqual(resolved(readingOf(bios)), expected));
  }

  it("are found by the suffix that this BIOS has", () => {
    const other = SUPERMICRO_AMD.attributes.map(({ entry, current }) => {
      const AttributeName = String(entry.AttributeName).replace("SR_IOVSupport_00B3", "SR_IOVSupport_1F");
      return { entry: { ...entry, AttributeName: AttributeName.replace("IOMMU_0196", "IOMMU_0A3C") }, current };
    });
    const found = resolved(readingOf({ ...SUPERMICRO_AMD, attributes: other }));
    assert.equal(found.iommu, "IOMMU_0A3C = Enabled");
    assert.equal(found.sriov, "SR_IOVSupport_1F = Enabled", "by its display name");
  });

  it("take a code for what its display name says, not for what it is elsewhere", () => {
    const reused = AMI.attributes.map((listed) =>
      listed.entry.AttributeName === "PCIS012"
        ? choice(
            "PCIS012",
            "Hot-Plug Support",
            "./Advanced",
            [
              ["PCIS012Enabled", "Enabled"],
              ["PCIS012Disabled", "Disabled"],
            ],
            "PCIS012Enabled",
          )
        : listed,
    );
    assert.equal(resolved(readingOf({ ...AMI, attributes: reused })).maxReadRequest, "-");
  });

  it("leave it to the user where several attributes may be meant", () => {
    const bios: Bios = {
      id: "Two",
      manufacturer: "Example",
      attributes: [
        choice("A1", "PCIe SR-IOV Support", "./Pci", ["Enabled", "Disabled"], "Disabled"),
        choice("A2", "SR-IOV Support", "./Chipset", ["Enabled", "Disabled"], "Disabled"),
      ],
    };
    assert.equal(
      why(readingOf(bios), "sriov"),
      "several attributes may be meant: A1 (PCIe SR-IOV Support), A2 (SR-IOV Support); set the right one by its name in attributes",
    );
    const hidden: Bios = {
      ...bios,
      attributes: [
        ...bios.attributes.slice(0, 1),
        choice("A2", "SR-IOV Support", "./Chipset", ["Enabled", "Disabled"], "Disabled", { Hidden: true }),
      ],
    };
    assert.equal(why(readingOf(hidden), "sriov"), "offered as A1", "one that is out of sight is not meant");
  });

  it("say where values have no meaning that is known", () => {
    const bios: Bios = {
      id: "Odd",
      manufacturer: "Example",
      attributes: [choice("ACSEnable_01AB", "ACS Enable", "./Pci", ["Strict", "Lax"], "Lax")],
    };
    assert.equal(
      why(readingOf(bios), "acs"),
      "the values of ACSEnable_01AB say nothing known (now Lax); set it by its name in attributes",
    );
    assert.equal(why(readingOf(bios), "iommu"), "the BIOS has no attribute for it, by its registry");
  });

  it("leave out what the registry describes and the machine has not", () => {
    const { VTdSupport: _, ...current } = readingOf(DGX).current;
    assert.equal(why({ ...readingOf(DGX), current }, "iommu"), "the BIOS has no attribute for it, by its registry");
  });
});

describe("BIOS intents without a registry", () => {
  const bare = (bios: Bios): BiosReading => {
    const { registry: _, ...rest } = readingOf(bios);
    return { ...rest, registryProblem: "404" };
  };

  it("are found by known names, their values by the present one", () => {
    const found = resolved(bare(DGX));
    assert.equal(found.iommu, "VTdSupport = Enable");
    assert.equal(found.sriov, "SRIOVEnable = Enable");
    const ami = resolved({ ...bare(AMI), current: { PCIS007: "PCIS007Disabled", PCIS012: "PCIS012512Bytes" } });
    assert.equal(ami.sriov, "PCIS007 = PCIS007Enabled");
    assert.equal(ami.maxReadRequest, "PCIS012 = PCIS0124096Bytes");
  });

  it("are not guessed where the present value does not tell the others", () => {
    assert.equal(
      why(bare(SUPERMICRO_AMD), "iommu"),
      "the values of IOMMU_0196 say nothing known (now Auto); set it by its name in attributes",
    );
    assert.match(why(bare(STRANGER), "iommu"), /no attribute registry, and no attribute has a name that is known/);
  });

  it("take numbers as Intel's boards show them", () => {
    const current = { VTdSupport: 0, ProcessorVmxEnable: 1, SRIOVEnable: 0 };
    const found = resolved({ ...bare(DGX), current });
    assert.equal(found.iommu, "VTdSupport = 1");
    assert.equal(found.virtualization, "ProcessorVmxEnable = 1");
  });
});

describe("values of BIOS intents", () => {
  const vocabularyOf = (bios: Bios, intent: IntentName) => {
    const resolution = resolveIntents(readingOf(bios))[intent];
    if ("notOffered" in resolution) throw new Error(resolution.notOffered);
    return resolution.offered.vocabulary;
  };

  it("that mean none of ours read as their own name, and are written back as that", () => {
    const iommu = vocabularyOf(SUPERMICRO_AMD, "iommu");
    assert.equal(readIntent(iommu, "Auto"), "Auto");
    assert.equal(writeIntent(iommu, "Auto"), "Auto");
    assert.equal(writeIntent(iommu, "Sometimes"), undefined);
    const nodes = vocabularyOf(SUPERMICRO_AMD, "numaPerSocket");
    assert.equal(readIntent(nodes, "NPS0"), "NPS0", "two sockets as one node is not one node per socket");
    assert.equal(readIntent(nodes, "NPS4"), 4);
  });

  it("keep apart two names of which one only implies what the other says", () => {
    const bios: Bios = {
      id: "Snc",
      manufacturer: "Example",
      attributes: [choice("SNC_0061", "SNC", "./Cpu", ["Disabled", "Enabled", "SNC2", "SNC4"], "Enabled")],
    };
    const nodes = vocabularyOf(bios, "numaPerSocket");
    assert.equal(writeIntent(nodes, 2), "SNC2");
    assert.equal(readIntent(nodes, "Enabled"), "Enabled");
    assert.equal(readIntent(nodes, "Disabled"), 1);
  });

  it("keep the type in which the BMC shows them", () => {
    const typed = (current: number): Bios => ({
      id: "Intel",
      manufacturer: "Intel Corporation",
      attributes: [
        choice(
          "VTdSupport",
          "Intel VT for Directed I/O",
          "./Iio",
          [
            ["0", "Disable"],
            ["1", "Enable"],
            ["2", "Auto"],
          ],
          current,
        ),
      ],
    });
    const iommu = vocabularyOf(typed(0), "iommu");
    assert.equal(writeIntent(iommu, true), 1);
    assert.equal(readIntent(iommu, 0), false);
    assert.equal(readIntent(iommu, 2), "2");
    assert.equal(writeIntent(iommu, "2"), 2);
  });

  it("are true and false for a boolean, numbers for an integer", () => {
    const bios: Bios = {
      id: "Plain",
      manufacturer: "Example",
      attributes: [
        setting("Iommu", "IOMMU", "./Cpu", "Boolean", false),
        setting("Mrrs", "Max Read Request Size", "./Pci", "Integer", 512, { LowerBound: 128, UpperBound: 1024 }),
      ],
    };
    assert.equal(writeIntent(vocabularyOf(bios, "iommu"), true), true);
    assert.equal(writeIntent(vocabularyOf(bios, "iommu"), "true"), undefined);
    const sizes = vocabularyOf(bios, "maxReadRequest");
    assert.equal(writeIntent(sizes, 1024), 1024);
    assert.equal(writeIntent(sizes, 4096), undefined, "the BIOS goes to 1024 only");
  });
});
