import type { IncomingHttpHeaders } from "node:http";
import { has, loggedIn } from "../accounts";
import { ACCOUNTS, SESSIONS } from "../resources/paths";
import type { Service } from "../service";
import type { Account } from "../state";
import { type Resource, refuse } from "./resource";

/** The account that a request's token or Basic credentials belong to; null where it has none that hold. */
export function senderOf(service: Service, headers: IncomingHttpHeaders): Account | null {
  const { accounts } = service.store.state;
  const token = headers["x-auth-token"];
  if (typeof token === "string") {
    const session = service.sessions.use(token);
    return accounts.find(({ id, enabled }) => enabled && id === session?.accountId) ?? null;
  }
  const [, encoded] = /^Basic ([0-9A-Za-z+/=]+)$/i.exec(headers.authorization ?? "") ?? [];
  if (!encoded) return null;
  const [, userName = "", password = ""] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  return loggedIn(accounts, userName, password) ?? null;
}

/** Refuses what the sender may not do. `path` is without the slash at its end. */
export function checkPrivilege(sender: Account, method: string, path: string, resource: Resource): void {
  const isOwner = resource.owner === sender.id;
  if (sender.passwordChangeRequired && !mayBeforePasswordChange(method, path, isOwner)) {
    throw refuse(403, "PasswordChangeRequired", [`${ACCOUNTS}/${sender.id}`]);
  }
  if (method === "GET" || method === "HEAD") return;
  // A session belongs to who opened it, an account's password to its user.
  if (isOwner && (path.startsWith(`${SESSIONS}/`) || method === "PATCH")) return;
  if (!has(sender, resource.privilege)) throw refuse(403, "InsufficientPrivilege");
}

/** DSP0266, "Password change required handling": the own account and session, nothing else. */
function mayBeforePasswordChange(method: string, path: string, isOwner: boolean): boolean {
  if (!isOwner) return false;
  return path.startsWith(`${SESSIONS}/`) ? method === "DELETE" : method !== "DELETE";
}
