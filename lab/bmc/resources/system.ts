import type { JsonObject } from "../json";
import { RESET_TYPES } from "../managed-system";
import { acceptPatch, isAnObject, isOneOf } from "../redfish/patch";
import { collection, documentOf, link, type Resource, type Route } from "../redfish/resource";
import type { Service } from "../service";
import type { BootOverride } from "../state";
import { CHASSIS, MANAGERS, SYSTEMS } from "./paths";
import { resetAction } from "./reset";

/** DMTF ComputerSystem schema: BootSourceOverrideTarget, those that a virtual machine can obey. */
const BOOT_TARGETS = ["None", "Pxe", "Hdd", "Cd", "BiosSetup"] as const;
const BOOT_ENABLED = ["Disabled", "Once", "Continuous"] as const;
const BOOT_MODES = ["UEFI", "Legacy"] as const;

export function systemRoutes(service: Service): Route[] {
  const path = `${SYSTEMS}/${service.flavour.systemId}`;
  const system: Resource = {
    type: "ComputerSystem.v1_22_0.ComputerSystem",
    privilege: "ConfigureComponents",
    guarded: true,
    read: () => systemProperties(service, path),
    patch: ({ body }) => {
      const { values } = acceptPatch(body, { Boot: isAnObject });
      const boot = acceptPatch(
        values.Boot as JsonObject,
        {
          BootSourceOverrideEnabled: isOneOf(BOOT_ENABLED),
          BootSourceOverrideTarget: isOneOf(BOOT_TARGETS),
          BootSourceOverrideMode: isOneOf(BOOT_MODES),
        },
        "#/Boot",
      ).values;
      service.store.change((state) => ({ ...state, boot: withOverride(state.boot, boot) }));
      return { status: 200, body: documentOf(path, system) };
    },
  };
  return [
    [
      SYSTEMS,
      () => ({
        type: "ComputerSystemCollection.ComputerSystemCollection",
        privilege: "ConfigureComponents",
        read: () => collection("Systems", [path]),
      }),
    ],
    [path, () => system],
    [`${path}/ResetActionInfo`, () => resetActionInfo(service)],
    [`${path}/Actions/ComputerSystem.Reset`, () => resetAction(service)],
  ];
}

function withOverride(boot: BootOverride, values: JsonObject): BootOverride {
  return {
    enabled: (values.BootSourceOverrideEnabled as BootOverride["enabled"] | undefined) ?? boot.enabled,
    target: (values.BootSourceOverrideTarget as string | undefined) ?? boot.target,
    mode: (values.BootSourceOverrideMode as BootOverride["mode"] | undefined) ?? boot.mode,
  };
}

function systemProperties(service: Service, path: string): JsonObject {
  const { identity } = service.system;
  const { boot } = service.store.state;
  const power = service.system.powerState();
  return {
    Id: service.flavour.systemId,
    Name: identity.name,
    HostName: identity.name,
    SystemType: "Physical",
    Manufacturer: identity.manufacturer,
    Model: identity.model,
    SerialNumber: identity.serialNumber,
    UUID: identity.uuid,
    BiosVersion: identity.biosVersion,
    PowerState: power,
    Status: { State: power === "Off" ? "Disabled" : "Enabled", Health: "OK" },
    ProcessorSummary: { Count: identity.processors, Model: identity.processorModel },
    MemorySummary: { TotalSystemMemoryGiB: identity.memoryGiB },
    Boot: {
      BootSourceOverrideEnabled: boot.enabled,
      "BootSourceOverrideEnabled@Redfish.AllowableValues": [...BOOT_ENABLED],
      BootSourceOverrideTarget: boot.target,
      "BootSourceOverrideTarget@Redfish.AllowableValues": [...BOOT_TARGETS],
      BootSourceOverrideMode: boot.mode,
      "BootSourceOverrideMode@Redfish.AllowableValues": [...BOOT_MODES],
    },
    Bios: link(service.flavour.paths.bios),
    Links: {
      Chassis: [link(`${CHASSIS}/${service.flavour.chassisId}`)],
      ManagedBy: [link(`${MANAGERS}/${service.flavour.manager.id}`)],
    },
    Actions: {
      "#ComputerSystem.Reset": {
        target: `${path}/Actions/ComputerSystem.Reset`,
        "@Redfish.ActionInfo": `${path}/ResetActionInfo`,
        "ResetType@Redfish.AllowableValues": offeredResets(service),
      },
    },
  };
}

/** The reset types that the vendor lists and the lab's machine obeys. */
function offeredResets(service: Service): string[] {
  return RESET_TYPES.filter((type) => service.flavour.resetTypes.includes(type));
}

function resetActionInfo(service: Service): Resource {
  return {
    type: "ActionInfo.v1_4_2.ActionInfo",
    privilege: "ConfigureComponents",
    read: () => ({
      Id: "ResetActionInfo",
      Name: "Reset Action Info",
      Parameters: [{ Name: "ResetType", Required: true, DataType: "String", AllowableValues: offeredResets(service) }],
    }),
  };
}
