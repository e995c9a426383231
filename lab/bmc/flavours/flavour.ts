import type { BiosEffects } from "../../hardware/bios-effects";
import type { Modes } from "../modes";

/** A BIOS setting's value as Redfish carries it. */
export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One entry of a vendor's BIOS attribute registry (DMTF DSP0268, AttributeRegistry.Attributes). */
export type AttributeDefinition = AttributeCommon & (EnumerationType | IntegerType | StringType | BooleanType);

interface AttributeCommon {
  readonly name: string;
  readonly displayName: string;
  readonly menuPath: string;
  readonly readOnly?: boolean;
}

interface EnumerationType {
  readonly type: "Enumeration";
  /** Value names; a pair where the setup screen shows another text. */
  readonly values: readonly (string | readonly [name: string, shown: string])[];
  readonly default: string;
}

interface IntegerType {
  readonly type: "Integer";
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly scalarIncrement: number;
  readonly default: number;
}

interface StringType {
  readonly type: "String";
  readonly maxLength: number;
  readonly default: string;
}

interface BooleanType {
  readonly type: "Boolean";
  readonly default: boolean;
}

/** While `when` holds, `attribute` cannot be written. `as` is how the setup screen shows it (MapToProperty). */
export interface AttributeDependency {
  readonly attribute: string;
  readonly as: "GrayOut" | "Hidden" | "ReadOnly";
  readonly when: { readonly attribute: string; readonly is: "EQU" | "NEQ"; readonly value: AttributeValue };
}

/** Which attribute decides a field of BiosEffects, and what each of its values makes of it. */
export type EffectTable = {
  readonly [Field in keyof BiosEffects]?: {
    readonly attribute: string;
    readonly values: Readonly<Record<string, BiosEffects[Field]>>;
  };
};

export type FlavourName = "dell" | "hpe" | "supermicro" | "ami" | "dgx";

/** How a vendor's BMC differs from the others: names, paths, answers and habits, all of it data. */
export interface Flavour {
  readonly name: FlavourName;
  readonly vendor: string;
  /** ServiceRoot.Product. */
  readonly product: string;
  readonly manager: { readonly id: string; readonly model: string; readonly firmwareVersion: string };
  readonly systemId: string;
  readonly chassisId: string;
  readonly paths: {
    readonly bios: string;
    readonly settings: string;
    /** Where configuration jobs are listed and made, besides TaskService. */
    readonly jobs?: string;
    /** POST here throws pending settings away. */
    readonly clearPending?: { readonly action: string; readonly target: string };
  };
  /** The vendor's links end in a slash. Without one they work too. */
  readonly trailingSlash: boolean;
  readonly registry: { readonly id: string; readonly version: string; readonly path: string };
  readonly adminUser: string;
  readonly resetTypes: readonly string[];
  /** What a reset answers that the power state already fulfils (On while on), or that it rules out (graceful while off). */
  readonly powerConflict: { readonly fulfilled: 204 | 400 | 409; readonly impossible: 400 | 409 };
  /** What an accepted PATCH of the settings object answers. 202 brings the Location of a task. */
  readonly settingsAnswer: 200 | 202 | 204;
  /** Whether the settings object lists what is pending only, or each setting as it will be. */
  readonly settingsShow: "pending" | "all";
  readonly attributes: readonly AttributeDefinition[];
  readonly dependencies: readonly AttributeDependency[];
  readonly effects: EffectTable;
  /** Habits that differ from the plain service's. */
  readonly modes: Partial<Modes>;
}

const ON_OFF = ["Enabled", "Disabled"] as const;

/** A setting that is Enabled or Disabled, and comes Enabled. */
export function enabled(name: string, displayName: string, menuPath: string): AttributeDefinition {
  return { name, displayName, menuPath, type: "Enumeration", values: ON_OFF, default: "Enabled" };
}

/** A setting that is Enabled or Disabled, and comes Disabled. */
export function disabled(name: string, displayName: string, menuPath: string): AttributeDefinition {
  return { name, displayName, menuPath, type: "Enumeration", values: ON_OFF, default: "Disabled" };
}

/** A fact that the BIOS shows among its settings. */
export function fact(name: string, displayName: string, menuPath: string, value: string): AttributeDefinition {
  return { name, displayName, menuPath, type: "String", maxLength: 64, default: value, readOnly: true };
}

/** Enabled switches a field on, Disabled off. */
export const SWITCH = { Enabled: true, Disabled: false } as const;
