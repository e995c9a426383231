import { PASSWORD_LENGTH, ROLES as PRIVILEGES } from "../accounts";
import { hashPassword } from "../passwords";
import { type Message, message } from "../redfish/messages";
import { acceptPatch, type Check, isBoolean, isOneOf, isText } from "../redfish/patch";
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
import type { Account } from "../state";
import { ACCOUNT_SERVICE, ACCOUNTS, ROLES } from "./paths";

/** Properties that a client may write; a new account takes the same ones. */
const WRITABLE: Readonly<Record<string, Check>> = {
  UserName: isText(1, 16),
  Password: isText(PASSWORD_LENGTH.least, PASSWORD_LENGTH.most),
  RoleId: isOneOf(Object.keys(PRIVILEGES)),
  Enabled: isBoolean,
  PasswordChangeRequired: isBoolean,
};

export function accountRoutes(service: Service): Route[] {
  const accountService: Resource = {
    type: "AccountService.v1_15_1.AccountService",
    privilege: "ConfigureUsers",
    read: () => ({
      Id: "AccountService",
      Name: "Account Service",
      ServiceEnabled: true,
      HTTPBasicAuth: "Enabled",
      MinPasswordLength: PASSWORD_LENGTH.least,
      MaxPasswordLength: PASSWORD_LENGTH.most,
      AccountLockoutThreshold: 0,
      Accounts: link(ACCOUNTS),
      Roles: link(ROLES),
    }),
  };
  const accounts: Resource = {
    type: "ManagerAccountCollection.ManagerAccountCollection",
    privilege: "ConfigureUsers",
    read: () =>
      collection(
        "Accounts",
        service.store.state.accounts.map(({ id }) => `${ACCOUNTS}/${id}`),
      ),
    post: (request) => create(service, request),
  };
  return [
    [ACCOUNT_SERVICE, () => accountService],
    [ACCOUNTS, () => accounts],
    [`${ACCOUNTS}/{id}`, (id) => accountResource(service, id)],
    [
      ROLES,
      () => ({
        type: "RoleCollection.RoleCollection",
        privilege: "ConfigureUsers",
        read: () =>
          collection(
            "Roles",
            Object.keys(PRIVILEGES).map((id) => `${ROLES}/${id}`),
          ),
      }),
    ],
    [`${ROLES}/{id}`, roleResource],
  ];
}

function roleResource(id: string): Resource | undefined {
  const privileges = PRIVILEGES[id];
  return (
    privileges && {
      type: "Role.v1_3_1.Role",
      privilege: "ConfigureUsers",
      read: () => ({ Id: id, Name: `${id} Role`, RoleId: id, IsPredefined: true, AssignedPrivileges: [...privileges] }),
    }
  );
}

function accountResource(service: Service, id: string): Resource | undefined {
  const account = service.store.state.accounts.find((known) => known.id === id);
  return (
    account && {
      type: "ManagerAccount.v1_12_1.ManagerAccount",
      privilege: "ConfigureUsers",
      owner: id,
      guarded: true,
      read: () => ({
        Id: id,
        Name: "User Account",
        UserName: account.userName,
        Password: null,
        RoleId: account.roleId,
        Enabled: account.enabled,
        Locked: false,
        PasswordChangeRequired: account.passwordChangeRequired,
        AccountTypes: ["Redfish"],
        Links: { Role: link(`${ROLES}/${account.roleId}`) },
      }),
      patch: (request) => change(service, account, request),
      delete: () => {
        if (isLastAdministrator(service, account)) throw refuse(400, "ResourceCannotBeDeleted");
        service.store.change((state) => ({ ...state, accounts: state.accounts.filter((known) => known.id !== id) }));
        service.sessions.endOf(id);
        return { status: 204 };
      },
    }
  );
}

function create(service: Service, { body }: Request): Answer {
  const missing = ["UserName", "Password", "RoleId"].find((name) => body[name] === undefined);
  if (missing) throw refuse(400, "PropertyMissing", [missing], [`#/${missing}`]);
  const { values } = acceptPatch(body, WRITABLE);
  const { accounts } = service.store.state;
  refuseTakenName(service, values.UserName as string, null);
  const id = String(Math.max(0, ...accounts.map((account) => Number(account.id))) + 1);
  const account: Account = withValues(
    { id, userName: "", roleId: "ReadOnly", enabled: true, passwordHash: "", passwordChangeRequired: false },
    values,
  );
  service.store.change((state) => ({ ...state, accounts: [...state.accounts, account] }));
  const path = `${ACCOUNTS}/${id}`;
  return { status: 201, headers: { Location: path }, body: document(service, id) };
}

function change(service: Service, account: Account, { body, sender }: Request): Answer {
  const own = sender !== null && !PRIVILEGES[sender.roleId]?.includes("ConfigureUsers");
  // Who may not configure users may change one thing: the own password (DSP0266, ConfigureSelf).
  const { values, ignored } = acceptPatch(body, own ? { Password: WRITABLE.Password as Check } : WRITABLE);
  if (values.UserName !== undefined) refuseTakenName(service, values.UserName as string, account.id);
  const changed = withValues(account, values);
  const keepsPower = changed.roleId === "Administrator" && changed.enabled;
  if (!keepsPower && isLastAdministrator(service, account)) throw refuse(400, "ResourceInUse");
  service.store.change((state) => ({
    ...state,
    accounts: state.accounts.map((known) => (known.id === account.id ? changed : known)),
  }));
  if (!changed.enabled) service.sessions.endOf(account.id);
  return { status: 200, body: { ...document(service, account.id), ...annotation(ignored) } };
}

function annotation(ignored: readonly Message[]): { "@Message.ExtendedInfo"?: Message[] } {
  return ignored.length > 0 ? { "@Message.ExtendedInfo": [message("Success"), ...ignored] } : {};
}

function withValues(account: Account, values: Request["body"]): Account {
  const password = values.Password as string | undefined;
  return {
    ...account,
    userName: (values.UserName as string | undefined) ?? account.userName,
    roleId: (values.RoleId as string | undefined) ?? account.roleId,
    enabled: (values.Enabled as boolean | undefined) ?? account.enabled,
    passwordHash: password === undefined ? account.passwordHash : hashPassword(password),
    passwordChangeRequired:
      (values.PasswordChangeRequired as boolean | undefined) ??
      (password === undefined ? account.passwordChangeRequired : false),
  };
}

function refuseTakenName(service: Service, userName: string, by: string | null): void {
  const taken = service.store.state.accounts.some((known) => known.userName === userName && known.id !== by);
  if (taken) throw refuse(400, "ResourceAlreadyExists", ["ManagerAccount", "UserName", userName], ["#/UserName"]);
}

/** Without an administrator nobody could mend the BMC. */
function isLastAdministrator(service: Service, account: Account): boolean {
  const others = service.store.state.accounts.filter(({ id }) => id !== account.id);
  return (
    account.roleId === "Administrator" && !others.some(({ roleId, enabled }) => roleId === "Administrator" && enabled)
  );
}

function document(service: Service, id: string) {
  return documentOf(`${ACCOUNTS}/${id}`, accountResource(service, id) as Resource);
}
