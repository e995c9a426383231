/** Paths that are the same at each vendor's (DMTF DSP2046 lists them by schema). */
export const ROOT = "/redfish/v1";
export const SYSTEMS = `${ROOT}/Systems`;
export const CHASSIS = `${ROOT}/Chassis`;
export const MANAGERS = `${ROOT}/Managers`;
export const REGISTRIES = `${ROOT}/Registries`;
export const ACCOUNT_SERVICE = `${ROOT}/AccountService`;
export const ACCOUNTS = `${ACCOUNT_SERVICE}/Accounts`;
export const ROLES = `${ACCOUNT_SERVICE}/Roles`;
export const SESSION_SERVICE = `${ROOT}/SessionService`;
export const SESSIONS = `${SESSION_SERVICE}/Sessions`;
export const TASK_SERVICE = `${ROOT}/TaskService`;
export const TASKS = `${TASK_SERVICE}/Tasks`;
export const TASK_MONITORS = `${TASK_SERVICE}/TaskMonitors`;
