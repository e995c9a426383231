import type { CardFirmware, ParameterValue, Settings } from "../card";
import type { ParameterReference } from "../parameter-reference";
import { parseValue } from "../parameter-value";
import type { TlvInstance } from "../tlv-instance";
import { ToolError } from "./status";

export interface Assignment {
  readonly reference: ParameterReference;
  readonly value: string;
}

/**
 * The values of the next boot with some parameters set: mstflint, mlxcfg_generic_commander.cpp, setCfg. A TLV is written
 * as a whole, so all its parameters become stored ones.
 * @throws ToolError with the sentence that mlxconfig prints; nothing is set then.
 */
export function settingsWith(card: CardFirmware, assignments: readonly Assignment[], checks: boolean): Settings {
  const changed = new Map<TlvInstance, Record<string, ParameterValue>>();
  for (const { reference, value } of assignments) {
    const { instance, parameter, index } = reference;
    const values = changed.get(instance) ?? valuesOf(card, instance);
    changed.set(instance, values);
    const number = parseValue(parameter, value).value;
    const before = values[parameter.name];
    if (typeof before === "number") {
      values[parameter.name] = number;
    } else if (index === undefined) {
      const shown = `${parameter.name}(${parameter.mlxconfigName})`;
      throw new ToolError(`Cannot set the value ${value} for the parameter ${shown}: Operation is not supported`);
    } else {
      values[parameter.name] = (before ?? []).map((element, at) => (at === index ? number : element));
    }
    if (parameter.validBit !== undefined) values[parameter.validBit] = 1;
  }
  const stored = [...changed].map(([instance, values]): [string, Record<string, ParameterValue>] => [
    instance.key,
    values,
  ]);
  const settings = { ...card.state.stored, ...Object.fromEntries(stored) };
  if (checks) {
    for (const instance of changed.keys()) {
      try {
        card.checkRules(instance, settings);
      } catch (error) {
        throw new ToolError((error as Error).message);
      }
    }
  }
  return settings;
}

function valuesOf(card: CardFirmware, instance: TlvInstance): Record<string, ParameterValue> {
  const values = instance.tlv.parameters.map((parameter): [string, ParameterValue] => [
    parameter.name,
    card.value("next", instance, parameter),
  ]);
  return Object.fromEntries(values);
}
