import { type Answer, collection, link, type Request, type Route, refuse } from "../redfish/resource";
import type { Service } from "../service";
import { checkParameters } from "./actions";
import { CHASSIS, MANAGERS, SYSTEMS } from "./paths";

const RESET_TYPES = ["GracefulRestart", "ForceRestart"];

export function managerRoutes(service: Service): Route[] {
  const { manager, chassisId, systemId } = service.flavour;
  const path = `${MANAGERS}/${manager.id}`;
  return [
    [
      MANAGERS,
      () => ({
        type: "ManagerCollection.ManagerCollection",
        privilege: "ConfigureManager",
        read: () => collection("Managers", [path]),
      }),
    ],
    [
      path,
      () => ({
        type: "Manager.v1_19_1.Manager",
        privilege: "ConfigureManager",
        read: () => ({
          Id: manager.id,
          Name: "Manager",
          ManagerType: "BMC",
          Manufacturer: service.flavour.vendor,
          Model: manager.model,
          FirmwareVersion: manager.firmwareVersion,
          ServiceEntryPointUUID: service.system.identity.uuid,
          PowerState: "On",
          Status: { State: "Enabled", Health: "OK" },
          Links: {
            ManagerForServers: [link(`${SYSTEMS}/${systemId}`)],
            ManagerForChassis: [link(`${CHASSIS}/${chassisId}`)],
          },
          Actions: {
            "#Manager.Reset": {
              target: `${path}/Actions/Manager.Reset`,
              "ResetType@Redfish.AllowableValues": RESET_TYPES,
            },
          },
        }),
      }),
    ],
    [
      `${path}/Actions/Manager.Reset`,
      () => ({ privilege: "ConfigureManager", post: (request) => resetManager(service, request) }),
    ],
  ];
}

/** A BMC that starts again forgets its sessions; the system that it manages goes on. */
function resetManager(service: Service, { body }: Request): Answer {
  checkParameters(body, "Manager.Reset", ["ResetType"]);
  const { ResetType: wanted } = body;
  if (typeof wanted !== "string" || !RESET_TYPES.includes(wanted)) {
    const args = [typeof wanted === "string" ? wanted : JSON.stringify(wanted), "ResetType", "Manager.Reset"];
    throw refuse(400, "ActionParameterValueNotInList", args, ["#/ResetType"]);
  }
  for (const { id } of service.sessions.all) service.sessions.end(id);
  return { status: 204 };
}
