import { loggedIn } from "../accounts";
import { type Message, message } from "../redfish/messages";
import { acceptPatch, isIntegerWithin, isText } from "../redfish/patch";
import {
  type Answer,
  collection,
  documentOf,
  link,
  type Request,
  type Resource,
  type Route,
  refuse,
} from "../redfish/resource";
import type { Service } from "../service";
import type { Session } from "../sessions";
import type { Account } from "../state";
import { ACCOUNTS, SESSION_SERVICE, SESSIONS } from "./paths";

/** DMTF SessionService schema: SessionTimeout is within these. */
const TIMEOUT_SECONDS = { least: 30, most: 86_400 };

export function sessionRoutes(service: Service): Route[] {
  const sessionService: Resource = {
    type: "SessionService.v1_1_9.SessionService",
    privilege: "ConfigureManager",
    guarded: true,
    read: () => ({
      Id: "SessionService",
      Name: "Session Service",
      ServiceEnabled: true,
      SessionTimeout: service.store.state.sessionTimeoutSeconds,
      Sessions: link(SESSIONS),
    }),
    patch: ({ body }) => {
      const { values } = acceptPatch(body, {
        SessionTimeout: isIntegerWithin(TIMEOUT_SECONDS.least, TIMEOUT_SECONDS.most),
      });
      service.store.change((state) => ({ ...state, sessionTimeoutSeconds: values.SessionTimeout as number }));
      return { status: 200, body: documentOf(SESSION_SERVICE, sessionService) };
    },
  };
  const sessions: Resource = {
    type: "SessionCollection.SessionCollection",
    privilege: "ConfigureManager",
    open: ["POST"],
    read: () =>
      collection(
        "Sessions",
        service.sessions.all.map(({ id }) => `${SESSIONS}/${id}`),
      ),
    post: (request) => logIn(service, request),
  };
  return [
    [SESSION_SERVICE, () => sessionService],
    [SESSIONS, () => sessions],
    // DSP0266: a POST to a collection's Members property makes a member too.
    [
      `${SESSIONS}/Members`,
      () => ({ privilege: "ConfigureManager", open: ["POST"], post: sessions.post as NonNullable<Resource["post"]> }),
    ],
    [
      `${SESSIONS}/{id}`,
      (id) => {
        const session = service.sessions.all.find((open) => open.id === id);
        return session && sessionResource(service, session);
      },
    ],
  ];
}

function sessionResource(service: Service, session: Session): Resource {
  return {
    type: "Session.v1_7_1.Session",
    privilege: "ConfigureManager",
    owner: session.accountId,
    read: () => ({
      Id: session.id,
      Name: "User Session",
      UserName: session.userName,
      Password: null,
      CreatedTime: session.createdTime,
      SessionType: "Redfish",
    }),
    delete: () => {
      service.sessions.end(session.id);
      return { status: 204 };
    },
  };
}

function logIn(service: Service, { body }: Request): Answer {
  const missing = ["UserName", "Password"].find((name) => body[name] === undefined);
  if (missing) throw refuse(400, "PropertyMissing", [missing], [`#/${missing}`]);
  const { values } = acceptPatch(body, { UserName: isText(0, 256), Password: isText(0, 256) });
  const account = loggedIn(service.store.state.accounts, values.UserName as string, values.Password as string);
  if (!account) throw refuse(401, "AccessDenied");
  if (service.sessions.all.length >= service.modes.sessionLimit) throw refuse(503, "SessionLimitExceeded");
  const session = service.sessions.open(account.id, account.userName);
  const path = `${SESSIONS}/${session.id}`;
  return {
    status: 201,
    headers: { Location: path, "X-Auth-Token": session.token },
    body: { ...documentOf(path, sessionResource(service, session)), ...passwordNote(account) },
  };
}

function passwordNote(account: Account): { "@Message.ExtendedInfo"?: Message[] } {
  if (!account.passwordChangeRequired) return {};
  return { "@Message.ExtendedInfo": [message("PasswordChangeRequired", [`${ACCOUNTS}/${account.id}`])] };
}
