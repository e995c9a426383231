/** Value of a BIOS attribute as Redfish carries it (DSP0268, Bios.Attributes). */
export type AttributeValue = string | number | boolean | null;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One setting of a BIOS, as its attribute registry describes it (DSP0268, AttributeRegistry.Attributes). */
export interface RegistryAttribute {
  readonly name: string;
  readonly displayName?: string;
  readonly menuPath?: string;
  readonly type: "Enumeration" | "String" | "Integer" | "Boolean" | "Password";
  /** What an enumeration may be: the value's name, which is written, and what the set-up screen shows for it. */
  readonly values?: readonly { readonly name: string; readonly displayName?: string }[];
  readonly lowerBound?: number;
  readonly upperBound?: number;
  readonly scalarIncrement?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Regular expression that a string must match. */
  readonly valueExpression?: string;
  readonly readOnly?: boolean;
  readonly immutable?: boolean;
  readonly hidden?: boolean;
  readonly grayOut?: boolean;
}

/** A condition on an attribute, one of those that a dependency begins from. */
export interface DependencyCondition {
  readonly attribute: string;
  /** Property of that attribute: `CurrentValue`, `ReadOnly`, `Hidden`, `GrayOut`, … */
  readonly property: string;
  readonly condition: "EQU" | "NEQ" | "GTR" | "GEQ" | "LSS" | "LEQ";
  readonly value: AttributeValue;
  /** How it is joined to those before it. */
  readonly terms?: "AND" | "OR";
}

/** While the conditions hold, a property of an attribute has another value (AttributeRegistry.Dependencies, type Map). */
export interface RegistryDependency {
  readonly from: readonly DependencyCondition[];
  readonly attribute: string;
  /** `ReadOnly`, `Hidden`, `GrayOut`, `CurrentValue`, … */
  readonly property: string;
  readonly value: AttributeValue;
}

export interface AttributeRegistry {
  /** Name by which the Bios resource refers to it. */
  readonly id: string;
  readonly attributes: readonly RegistryAttribute[];
  readonly dependencies: readonly RegistryDependency[];
}

/** What a BMC says of the system that it belongs to. */
export interface SystemFacts {
  /** Id of the ComputerSystem: `System.Embedded.1`. */
  readonly id: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly biosVersion?: string;
  /** `On`, `Off`, `PoweringOn`, `PoweringOff`, … */
  readonly powerState?: string;
}

/** BIOS settings as one look at the BMC finds them. */
export interface BiosReading {
  readonly system: SystemFacts;
  /** Absent where the BMC offers none; `registryProblem` says why. */
  readonly registry?: AttributeRegistry;
  readonly registryProblem?: string;
  /**
   * In force, as far as the BMC tells: some show scheduled values here before the boot. Values of attributes that are in
   * `pending` and equal here do not prove that they are in force.
   */
  readonly current: Attributes;
  /** Waiting for the next boot: what the settings object holds and is not, or may not be, in force yet. */
  readonly pending: Attributes;
  /** What the BMC said of settings that it could not apply at the last boot, each naming its attributes where it does. */
  readonly failures: readonly { readonly message: string; readonly attributes: readonly string[] }[];
  /** Whether settings written now take effect without a boot: the BMC has no settings object. */
  readonly appliesAtOnce: boolean;
  /** Job or task that waits to apply the pending values, in the BMC's words; absent where there is none. */
  readonly job?: string;
}
