import { withPending } from "../bios/self-test";
import { hashPassword, isPassword } from "../passwords";
import { message } from "../redfish/messages";
import { type Answer, type Request, type Route, refuse } from "../redfish/resource";
import type { Service } from "../service";
import { type BmcState, factorySettings } from "../state";
import { checkParameters } from "./actions";
import { isLockedByJob, schedule } from "./schedule";

/** The BIOS's own passwords: for its setup screen, and for the start of the system. */
export const PASSWORD_NAMES = ["SetupPassword", "SysPassword"];

export function biosActionRoutes(service: Service): Route[] {
  const { bios, clearPending } = service.flavour.paths;
  const routes: Route[] = [
    [`${bios}/Actions/Bios.ResetBios`, () => ({ privilege: "ConfigureComponents", post: () => resetBios(service) })],
    [
      `${bios}/Actions/Bios.ChangePassword`,
      () => ({ privilege: "ConfigureComponents", post: (request) => changePassword(service, request) }),
    ],
  ];
  if (!clearPending) return routes;
  return [...routes, [clearPending.target, () => ({ privilege: "ConfigureComponents", post: () => clear(service) })]];
}

/** The factory's settings wait for the next reset, as any others. */
function resetBios(service: Service): Answer {
  if (isLockedByJob(service)) throw refuse(400, "ResourceInUse");
  service.store.change((state) => withPending(state, factorySettings(service.flavour)));
  schedule(service);
  return { status: 200, body: { "@Message.ExtendedInfo": [message("Success")] } };
}

function changePassword(service: Service, { body }: Request): Answer {
  checkParameters(body, "Bios.ChangePassword", ["PasswordName", "OldPassword", "NewPassword"]);
  const { PasswordName: name, OldPassword: old, NewPassword: wanted } = body;
  if (typeof name !== "string" || !PASSWORD_NAMES.includes(name)) {
    throw refuse(400, "ActionParameterValueNotInList", [String(name), "PasswordName", "Bios.ChangePassword"]);
  }
  if (typeof old !== "string" || typeof wanted !== "string") {
    throw refuse(400, "ActionParameterValueFormatError", ["***", "NewPassword", "Bios.ChangePassword"]);
  }
  const hash = service.store.state.biosPasswords[name];
  const isRight = hash === undefined ? old === "" : isPassword(old, hash);
  if (!isRight) throw refuse(400, "PropertyValueIncorrect", ["OldPassword", "***"], ["#/OldPassword"]);
  service.store.change((state) => ({ ...state, biosPasswords: withPassword(state, name, wanted) }));
  return { status: 200, body: { "@Message.ExtendedInfo": [message("Success")] } };
}

function withPassword(state: BmcState, name: string, password: string): BmcState["biosPasswords"] {
  const others = Object.entries(state.biosPasswords).filter(([known]) => known !== name);
  return Object.fromEntries(password === "" ? others : [...others, [name, hashPassword(password)]]);
}

/** Throws away what no job holds. */
function clear(service: Service): Answer {
  if (service.store.state.scheduledBy !== null) throw refuse(400, "ResourceInUse");
  service.store.change((state) => ({ ...state, pending: {} }));
  return { status: 200, body: { "@Message.ExtendedInfo": [message("Success")] } };
}
