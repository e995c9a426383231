import type { JsonObject } from "../json";
import { link, type Resource, type Route } from "../redfish/resource";
import type { Service } from "../service";
import {
  ACCOUNT_SERVICE,
  CHASSIS,
  MANAGERS,
  REGISTRIES,
  ROOT,
  SESSION_SERVICE,
  SESSIONS,
  SYSTEMS,
  TASK_SERVICE,
} from "./paths";

const COLLECTIONS = { Systems: SYSTEMS, Chassis: CHASSIS, Managers: MANAGERS, Registries: REGISTRIES };
const SERVICES = { AccountService: ACCOUNT_SERVICE, SessionService: SESSION_SERVICE, Tasks: TASK_SERVICE };
const OPEN = ["GET", "HEAD"];

/** What a client finds without knowing anything (DSP0266, "URIs"): version, service root, OData service document. */
export function serviceRoot(service: Service): Route[] {
  const root: Resource = {
    type: "ServiceRoot.v1_16_0.ServiceRoot",
    privilege: "ConfigureManager",
    open: OPEN,
    read: () => ({
      Id: "RootService",
      Name: "Root Service",
      RedfishVersion: "1.18.0",
      UUID: service.system.identity.uuid,
      Vendor: service.flavour.vendor,
      Product: service.flavour.product,
      ProtocolFeaturesSupported: {
        ExpandQuery: { ExpandAll: false, Levels: false, Links: false, NoLinks: false },
        FilterQuery: false,
        SelectQuery: false,
        ExcerptQuery: false,
        OnlyMemberQuery: false,
      },
      ...linked(COLLECTIONS),
      ...linked(SERVICES),
      Links: { Sessions: link(SESSIONS) },
    }),
  };
  return [[ROOT, () => root]];
}

/** /redfish and /redfish/v1/odata have fixed contents, without the properties of a resource. */
export const FIXED_DOCUMENTS: Readonly<Record<string, JsonObject>> = {
  "/redfish": { v1: `${ROOT}/` },
  [`${ROOT}/odata`]: {
    "@odata.context": `${ROOT}/$metadata`,
    value: [
      { name: "Service", kind: "Singleton", url: `${ROOT}/` },
      ...Object.entries({ ...COLLECTIONS, ...SERVICES, Sessions: SESSIONS }).map(([name, url]) => ({
        name,
        kind: "Singleton",
        url,
      })),
    ],
  },
};

function linked(paths: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, link(path)]));
}
