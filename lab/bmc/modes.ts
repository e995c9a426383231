import type { JsonObject } from "./json";
import { isObject } from "./json";

/** A run of answers that are this error instead of what was asked for. */
export interface ErrorBurst {
  readonly status: 500 | 502 | 503 | 504;
  /** How many answers; the burst is over after them. */
  readonly count: number;
  readonly retryAfterSeconds: number;
}

/** How the service behaves, right or wrong. A flavour sets its habits; a test switches any of them on any flavour. */
export interface Modes {
  /** Pending settings take effect at any reset. False: only when power was off in between. */
  readonly appliesAtReset: boolean;
  /** A PATCH of settings without @Redfish.SettingsApplyTime waits for a configuration job, for ever if none is made. */
  readonly needsApplyTime: boolean;
  /** While settings are scheduled, a further PATCH of settings answers 400. */
  readonly lockedByJob: boolean;
  /** Bios shows scheduled settings as if they were in force. */
  readonly earlyReporting: boolean;
  /** A PATCH without If-Match answers 428. */
  readonly needsIfMatch: boolean;
  /** The attribute registry cannot be read: 404. */
  readonly registryAbsent: boolean;
  /** Milliseconds that each answer waits. */
  readonly slow: number;
  readonly errorBurst: ErrorBurst | null;
  /** How many answers break off in their middle. */
  readonly cut: number;
  /** Another certificate than that of certificateFile is served; a new one each time this is switched on. */
  readonly certificateChanged: boolean;
  /** Names of attributes whose PATCH is accepted, and which the BIOS then leaves as they were. */
  readonly refused: readonly string[];
  /** How many sessions may be open at a time. */
  readonly sessionLimit: number;
}

export type ModeName = keyof Modes;

const PLAIN: Modes = {
  appliesAtReset: true,
  needsApplyTime: false,
  lockedByJob: false,
  earlyReporting: false,
  needsIfMatch: false,
  registryAbsent: false,
  slow: 0,
  errorBurst: null,
  cut: 0,
  certificateChanged: false,
  refused: [],
  sessionLimit: 64,
};

export const MODE_NAMES = Object.keys(PLAIN) as readonly ModeName[];

/** The modes in force: the plain service's, over them the flavour's habits, over them what was switched at run time. */
export function modesInForce(habits: Partial<Modes>, switched: Partial<Modes>): Modes {
  return { ...PLAIN, ...habits, ...switched };
}

const isCount = (value: unknown): boolean => typeof value === "number" && Number.isInteger(value) && value >= 0;

/** What a mode's value must be, for each that is not a plain yes or no. */
const RULES: Partial<Record<ModeName, { readonly holds: (value: unknown) => boolean; readonly is: string }>> = {
  slow: { holds: isCount, is: "a whole number of milliseconds, 0 for off" },
  cut: { holds: isCount, is: "a whole number of answers, 0 for off" },
  sessionLimit: { holds: isCount, is: "a whole number of sessions" },
  refused: {
    holds: (value) => Array.isArray(value) && value.every((name) => typeof name === "string"),
    is: "a list of attribute names",
  },
  errorBurst: {
    holds: (value) =>
      value === null ||
      (isObject(value) &&
        [500, 502, 503, 504].includes(value.status as number) &&
        isCount(value.count) &&
        isCount(value.retryAfterSeconds)),
    is: "null or { status: 500 | 502 | 503 | 504, count, retryAfterSeconds }",
  },
};

/** Throws where a name is no mode, or a value is not one that the mode can have. */
export function checkModes(modes: JsonObject | Partial<Modes>, at: string): void {
  for (const [name, value] of Object.entries(modes)) {
    if (!MODE_NAMES.includes(name as ModeName)) {
      throw new Error(`${at}.${name}: no such mode; the modes are ${MODE_NAMES.join(", ")}`);
    }
    const rule = RULES[name as ModeName] ?? {
      holds: (found: unknown) => typeof found === "boolean",
      is: "true or false",
    };
    if (!rule.holds(value)) throw new Error(`${at}.${name}: ${JSON.stringify(value)} is not ${rule.is}`);
  }
}
