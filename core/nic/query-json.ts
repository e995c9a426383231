import { isPlainObject } from "../diff/plain";
import { type CardQuery, type ShownParameter, shownParameter } from "./card-query";

/**
 * The file that `-e -j FILE query` writes for one card (mstflint, mlxconfig/mlxcfg_ui.cpp, WriteSingleParam); undefined
 * where it holds no card.
 * @throws Error that says what is not understood
 */
export function parseQueryJson(text: string): CardQuery | undefined {
  if (text.trim() === "") return undefined;
  const file = JSON.parse(text) as unknown;
  const [device] = isPlainObject(file) ? Object.values(file) : [];
  if (device === undefined) return undefined;
  if (!isPlainObject(device) || !isPlainObject(device.tlv_configuration)) {
    throw new Error("the device has no tlv_configuration");
  }
  return {
    deviceType: textOf(device.device_type),
    partNumber: textOf(device.name),
    description: textOf(device.description),
    parameters: new Map(
      Object.entries(device.tlv_configuration).map(([name, value]) => [name, parameterOf(name, value)]),
    ),
  };
}

function parameterOf(name: string, value: unknown): ShownParameter {
  const cell = (key: string): string | number => {
    const found = isPlainObject(value) ? value[key] : undefined;
    if (typeof found !== "string" && typeof found !== "number") throw new Error(`${name} has no ${key}`);
    return found;
  };
  return shownParameter({
    default: cell("default_value"),
    current: cell("current_value"),
    next: cell("next_value"),
    readOnly: isPlainObject(value) && value.read_only === true,
  });
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
