import { flavourNamed } from "./flavours";
import type { Attributes, Flavour } from "./flavours/flavour";
import { isObject, type JsonObject } from "./json";
import { checkModes, type Modes } from "./modes";

/** Everything that a BMC remembers through restarts of its service. Plain JSON: it goes into snapshots. */
export interface BmcState {
  readonly version: 1;
  readonly flavour: string;
  /** BIOS settings in force. */
  readonly current: Attributes;
  /** Settings written and not yet in force. */
  readonly pending: Attributes;
  /** Task that makes the pending settings take effect; null: nothing will, until a job is made. */
  readonly scheduledBy: string | null;
  /** What came of the last settings that took effect or did not. */
  readonly outcome: Outcome | null;
  readonly tasks: readonly Task[];
  readonly lastTask: number;
  readonly boot: BootOverride;
  readonly accounts: readonly Account[];
  /** Hashes of the BIOS's own passwords, by PasswordName. */
  readonly biosPasswords: Readonly<Record<string, string>>;
  readonly sessionTimeoutSeconds: number;
  /** Modes switched at run time. */
  readonly modes: Partial<Modes>;
}

export interface Outcome {
  readonly time: string;
  readonly messages: readonly OutcomeMessage[];
}

/** A message by its key in the Base registry. */
export interface OutcomeMessage {
  readonly key: "Success" | "PropertyValueIncorrect";
  readonly args: readonly string[];
  readonly relatedProperties: readonly string[];
}

export type TaskState = "New" | "Running" | "Completed" | "Exception" | "Cancelled";

export interface Task {
  readonly id: string;
  readonly name: string;
  readonly state: TaskState;
  readonly startTime: string;
  readonly endTime: string | null;
  /** What the task says of itself. */
  readonly message: string;
}

export interface BootOverride {
  readonly enabled: "Disabled" | "Once" | "Continuous";
  readonly target: string;
  readonly mode: "UEFI" | "Legacy";
}

export interface Account {
  readonly id: string;
  readonly userName: string;
  readonly roleId: string;
  readonly enabled: boolean;
  readonly passwordHash: string;
  readonly passwordChangeRequired: boolean;
}

/** Values that a registry names as defaults: settings as they come from the factory. */
export function factorySettings(flavour: Flavour): Attributes {
  return Object.fromEntries(flavour.attributes.map(({ name, default: value }) => [name, value]));
}

export function newState(flavour: Flavour, accounts: readonly Account[]): BmcState {
  return {
    version: 1,
    flavour: flavour.name,
    current: factorySettings(flavour),
    pending: {},
    scheduledBy: null,
    outcome: null,
    tasks: [],
    lastTask: 0,
    boot: { enabled: "Disabled", target: "None", mode: "UEFI" },
    accounts,
    biosPasswords: {},
    sessionTimeoutSeconds: 1800,
    modes: {},
  };
}

const OBJECTS = ["current", "pending", "boot", "biosPasswords", "modes"] as const;
const LISTS = ["tasks", "accounts"] as const;

/** Takes a state that this service wrote. What another program or flavour wrote is refused with the reason. */
export function parseState(json: unknown, at: string, flavour: Flavour): BmcState {
  if (!isObject(json)) throw new Error(`${at}: not an object; restore a state that a BMC of the lab gave`);
  if (json.version !== 1) throw new Error(`${at}.version: ${JSON.stringify(json.version)} is not 1`);
  const wrong = OBJECTS.find((name) => !isObject(json[name])) ?? LISTS.find((name) => !Array.isArray(json[name]));
  if (wrong) throw new Error(`${at}.${wrong}: missing or of another type; restore a state that a BMC of the lab gave`);
  const written = flavourNamed(String(json.flavour));
  if (written !== flavour) {
    throw new Error(`${at}.flavour: "${written.name}", but this BMC is "${flavour.name}"; start one of that flavour`);
  }
  checkModes(json.modes as JsonObject, `${at}.modes`);
  return json as unknown as BmcState;
}
