import { joinPath, type Problem } from "../problems";
import { type KnownParameter, knownNames, knownParameter, nameParts, PARAMETER_NAME } from "./known-parameters";
import { type ParameterValue, valueProblem, type WrittenValue } from "./parameter-value";

/** A PCI address whose function is not 0. */
const LATER_FUNCTION = /^(.+)\.[1-7]$/;

/** The firmware is the adapter's, so it goes by the adapter's first function. */
export function checkDevice(device: string): Problem[] {
  const [, slot] = LATER_FUNCTION.exec(device) ?? [];
  if (slot === undefined) return [];
  const message = `${device} is not the first function of its adapter; firmware parameters belong to the adapter, so name ${slot}.0`;
  return [{ path: "device", message }];
}

/** Problems of parameters in their normal form, as far as our own table tells. Names that it does not have are left. */
export function checkParameters(parameters: Readonly<Record<string, WrittenValue>>): Problem[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    const message = parameterProblem(name, value as ParameterValue);
    return message === undefined ? [] : [{ path: joinPath("parameters", name), message }];
  });
}

function parameterProblem(name: string, value: ParameterValue): string | undefined {
  if (!PARAMETER_NAME.test(name)) {
    return `"${name}" is no name of a parameter; write NAME, NAME_P1 for a port, or NAME[0] for an element of an array`;
  }
  const parameter = knownParameter(name);
  if (parameter === undefined) return unknownProblem(name, value);
  return referenceProblem(name, parameter) ?? valueProblem(value, parameter);
}

/** What our table does not have may be newer than it: only a name in wrong letters is known to be wrong. */
function unknownProblem(name: string, value: ParameterValue): string | undefined {
  const { whole } = nameParts(name);
  const cased = knownNames().find((known) => known !== whole && known.toLowerCase() === whole.toLowerCase());
  if (cased !== undefined) return `capital and small letters count; write ${cased}`;
  if (typeof value === "number" && (!Number.isInteger(value) || value < 0 || value > 0xffff_fffe)) {
    return `${value} is no whole number of 32 bits`;
  }
  return typeof value === "string" && !/^\w[\w.:-]*$/.test(value) ? `"${value}" is no value of a parameter` : undefined;
}

function referenceProblem(name: string, { base, length, index, lacks }: KnownParameter): string | undefined {
  if (lacks !== undefined) {
    const example = lacks === "port" ? "_P1" : "_M0";
    return `it exists once per ${lacks}; name which, such as ${base}${example}${index === undefined ? "" : `[${index}]`}`;
  }
  if (length === undefined) return index === undefined ? undefined : `it is no array; write ${nameParts(name).whole}`;
  if (index === undefined)
    return `it is an array of ${length}; set its elements, ${name}[0] to ${name}[${length - 1}], one by one`;
  return index < length ? undefined : `the last element of the array is [${length - 1}]`;
}
