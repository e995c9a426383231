import type { Flavour } from "./flavours/flavour";
import { hashPassword, isPassword, randomPassword } from "./passwords";
import type { Privilege } from "./redfish/resource";
import type { Account } from "./state";

/** DMTF DSP0266, "Roles": the standard roles and what each assigns. */
export const ROLES: Readonly<Record<string, readonly Privilege[]>> = {
  Administrator: ["Login", "ConfigureManager", "ConfigureUsers", "ConfigureComponents", "ConfigureSelf"],
  Operator: ["Login", "ConfigureComponents", "ConfigureSelf"],
  ReadOnly: ["Login", "ConfigureSelf"],
};

export const PASSWORD_LENGTH = { least: 8, most: 64 };

/** A user of a new BMC, by name, with the role and the password that it was born with. */
export interface User {
  readonly userName: string;
  readonly roleId: string;
  readonly password: string;
}

/** The users that a BMC comes with: the vendor's administrator, an operator and one that may only read. */
export function firstUsers(flavour: Flavour): User[] {
  return [
    { userName: flavour.adminUser, roleId: "Administrator", password: randomPassword() },
    { userName: "operator", roleId: "Operator", password: randomPassword() },
    { userName: "readonly", roleId: "ReadOnly", password: randomPassword() },
  ];
}

export function accountOf(id: string, { userName, roleId, password }: User): Account {
  return {
    id,
    userName,
    roleId,
    enabled: true,
    passwordHash: hashPassword(password),
    passwordChangeRequired: false,
  };
}

/** The account of that name and password; undefined where there is none, or it is switched off. */
export function loggedIn(accounts: readonly Account[], userName: string, password: string): Account | undefined {
  const account = accounts.find((known) => known.userName === userName && known.enabled);
  return account && isPassword(password, account.passwordHash) ? account : undefined;
}

export function has(account: Account, privilege: Privilege): boolean {
  return ROLES[account.roleId]?.includes(privilege) ?? false;
}
