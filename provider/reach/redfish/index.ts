export type { BmcAccess } from "./access";
export { Bmcs } from "./bmcs";
export { LIMITS, type Limits } from "./limits";
export type { BmcOptions, Redfish } from "./redfish";
export { RedfishError } from "./redfish-error";
