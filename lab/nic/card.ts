import type { AdapterProfile } from "./adapters/profile";
import { type Expression, evaluate, type Variable, variablesOf } from "./expression";
import type { Parameter, ParameterTable } from "./parameter-table";
import { instancesOf, type TlvInstance } from "./tlv-instance";

export type ParameterValue = number | readonly number[];
/** TLVs that differ from the factory's, by instance and parameter name. */
export type Settings = Readonly<Record<string, Readonly<Record<string, ParameterValue>>>>;

/** What a card's flash and its running firmware hold. */
export interface CardState {
  /** Written to flash: the values of the next boot. */
  readonly stored: Settings;
  /** What the firmware loaded at its last reset: the current values. */
  readonly inForce: Settings;
  /** What was in force when the system last started: the PCI side was enumerated with it. */
  readonly atStart: Settings;
}

export const NEW_CARD: CardState = { stored: {}, inForce: {}, atStart: {} };

/** Which of the three values of a parameter: mlxconfig's columns. */
export type Column = "default" | "current" | "next";

/** The firmware of one card: what it knows, what its values are, what it shows. It changes nothing by itself. */
export class CardFirmware {
  readonly instances: readonly TlvInstance[];
  readonly #byKey: ReadonlyMap<string, TlvInstance>;
  readonly #configurations: ReadonlySet<string>;
  readonly #readOnly: ReadonlySet<string>;

  constructor(
    readonly profile: AdapterProfile,
    readonly table: ParameterTable,
    readonly ports: number,
    readonly state: CardState,
  ) {
    this.instances = instancesOf(table, ports);
    this.#byKey = new Map(this.instances.map((instance) => [instance.key, instance]));
    this.#configurations = new Set(profile.configurations);
    this.#readOnly = new Set(profile.readOnly);
  }

  instance(tlv: string, port: number, module: number): TlvInstance | undefined {
    return this.#byKey.get(`${tlv}_P${port}_M${module}`);
  }

  /** Whether this firmware knows the TLV at all. */
  knows({ tlv }: TlvInstance): boolean {
    return tlv.capability || this.#configurations.has(tlv.name);
  }

  isReadOnly({ tlv }: TlvInstance): boolean {
    return this.#readOnly.has(tlv.name);
  }

  value(column: Column, instance: TlvInstance, parameter: Parameter): ParameterValue {
    const changed = this.#settings(column)[instance.key]?.[parameter.name];
    return changed ?? this.#factory(instance, parameter);
  }

  /** Parameters of a TLV that users see: their dependency holds (mstflint, mlxcfg_generic_commander.cpp). */
  shown(instance: TlvInstance): Parameter[] {
    if (instance.tlv.capability || !this.knows(instance)) return [];
    return instance.tlv.parameters.filter(
      (parameter) =>
        parameter.mlxconfigName !== undefined &&
        (parameter.arrayLength > 0 ||
          this.#dependencyHolds(instance, parameter.dependency) ||
          (parameter.dependency === undefined && (parameter.rule !== undefined || parameter.fromVersion > 0))),
    );
  }

  /**
   * Checks the table's limits and rules of one TLV as it would be next.
   * @throws Error with the sentence that mlxconfig prints.
   */
  checkRules(instance: TlvInstance, settings: Settings): void {
    const changed = new CardFirmware(this.profile, this.table, this.ports, { ...this.state, stored: settings });
    for (const parameter of instance.tlv.parameters) changed.#checkParameter(instance, parameter);
  }

  #checkParameter(instance: TlvInstance, parameter: Parameter): void {
    const value = this.value("next", instance, parameter);
    const name = parameter.mlxconfigName ?? "";
    const temporaries = new Map<string, number>();
    const number = (expression: Expression): number => {
      for (const { tlv } of variablesOf(expression)) {
        const rule = tlv === undefined ? undefined : this.#other(instance, tlv);
        if (tlv !== undefined && (rule === undefined || !this.knows(rule))) {
          throw new Error(`The Rule TLV configuration ${tlv} is not supported by FW`);
        }
      }
      return evaluate(expression, (variable) => temporaries.get(variable.name) ?? this.#variable(instance, variable));
    };
    const { temporary, maximum, minimum, rule } = parameter;
    if (temporary !== undefined) temporaries.set(temporary.name, number(temporary.value));
    if (maximum !== undefined && typeof value === "number") {
      const limit = number(maximum);
      if (value > limit) throw new Error(`Parameter ${name}' value is larger than maximum allowed ${limit}`);
    }
    if (minimum !== undefined && typeof value === "number") {
      const limit = number(minimum);
      if (value < limit) throw new Error(`Parameter ${name}' value is smaller than minimum allowed ${limit}`);
    }
    if (rule !== undefined && number(rule) === 0) {
      const affecting = [...(temporary === undefined ? [] : variablesOf(temporary.value)), ...variablesOf(rule)]
        .filter((variable) => !variable.name.startsWith("_"))
        .map(({ tlv, name: other }) => (tlv === undefined ? other : `${tlv}.${other}`));
      throw new Error(
        `The Parameter ${name} has Illegal constraint.\n` +
          "Note: The constraint of this parameter is affected by the following parameters:\n" +
          [...new Set(affecting)].join(", "),
      );
    }
  }

  #dependencyHolds(instance: TlvInstance, dependency: Parameter["dependency"]): boolean {
    if (dependency === undefined) return false;
    if (dependency === "always") return true;
    for (const { tlv } of variablesOf(dependency)) {
      const other = tlv === undefined ? instance : this.#other(instance, tlv);
      if (other === undefined || !this.knows(other)) return false;
    }
    return evaluate(dependency, (variable) => this.#variable(instance, variable)) !== 0;
  }

  /** mlxconfig looks at the values of the next boot when it decides what to show. */
  #variable(instance: TlvInstance, { tlv, name }: Variable): number {
    const owner = tlv === undefined ? instance : this.#other(instance, tlv);
    const parameter = owner?.tlv.parameters.find((candidate) => candidate.name === name);
    if (owner === undefined || parameter === undefined) {
      throw new Error(`The parameter ${name} of ${tlv ?? instance.tlv.name} was not found`);
    }
    const value = this.value("next", owner, parameter);
    return typeof value === "number" ? value : 0;
  }

  /** Another TLV that an expression names: the one of the same port or module, where it has these. */
  #other(instance: TlvInstance, tlv: string): TlvInstance | undefined {
    return this.instance(tlv, instance.port, instance.module) ?? this.instance(tlv, 0, -1);
  }

  #settings(column: Column): Settings {
    return column === "next" ? this.state.stored : column === "current" ? this.state.inForce : {};
  }

  #factory({ tlv }: TlvInstance, parameter: Parameter): ParameterValue {
    const value = tlv.capability
      ? this.#capability(`${tlv.name}.${parameter.name}`)
      : (this.profile.defaults[parameter.mlxconfigName ?? ""] ?? 0);
    return parameter.arrayLength > 0 ? Array.from({ length: parameter.arrayLength }, () => value) : value;
  }

  #capability(name: string): number {
    const lock = this.profile.locks.find(({ capability }) => capability === name);
    if (lock !== undefined && !this.#isInForce(lock.until)) return 0;
    return this.profile.capabilities[name] ?? 0;
  }

  #isInForce(name: string): boolean {
    const [tlv = "", parameterName = ""] = name.split(".");
    const owner = this.instance(tlv, 0, -1);
    const parameter = owner?.tlv.parameters.find((candidate) => candidate.name === parameterName);
    return owner !== undefined && parameter !== undefined && this.value("current", owner, parameter) !== 0;
  }
}
