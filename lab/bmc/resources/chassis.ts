import { collection, link, type Route } from "../redfish/resource";
import type { Service } from "../service";
import { CHASSIS, MANAGERS, SYSTEMS } from "./paths";

export function chassisRoutes(service: Service): Route[] {
  const { chassisId, systemId, manager } = service.flavour;
  const path = `${CHASSIS}/${chassisId}`;
  const { identity } = service.system;
  return [
    [
      CHASSIS,
      () => ({
        type: "ChassisCollection.ChassisCollection",
        privilege: "ConfigureComponents",
        read: () => collection("Chassis", [path]),
      }),
    ],
    [
      path,
      () => ({
        type: "Chassis.v1_25_1.Chassis",
        privilege: "ConfigureComponents",
        read: () => ({
          Id: chassisId,
          Name: "Computer System Chassis",
          ChassisType: "RackMount",
          Manufacturer: identity.manufacturer,
          Model: identity.model,
          SerialNumber: identity.serialNumber,
          PowerState: service.system.powerState(),
          Status: { State: "Enabled", Health: "OK" },
          Links: { ComputerSystems: [link(`${SYSTEMS}/${systemId}`)], ManagedBy: [link(`${MANAGERS}/${manager.id}`)] },
        }),
      }),
    ],
  ];
}
