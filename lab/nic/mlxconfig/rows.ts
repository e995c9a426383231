import type { CardFirmware, Column } from "../card";
import { findParameter, type ParameterReference } from "../parameter-reference";
import { elementView, type ValueView, viewOf } from "../parameter-value";
import { displayName } from "../tlv-instance";
import { ToolError } from "./status";
import type { QueryRow } from "./table-text";
import type { ToolVersion } from "./tool-version";

/** All parameters that a card shows: mstflint, mlxcfg_generic_commander.cpp, queryAll. */
export function allRows(card: CardFirmware, verbose: boolean, version: ToolVersion): QueryRow[] {
  const inOrder = version.sorted
    ? [...card.instances].sort((a, b) => compare(a.tlv.name, b.tlv.name) || a.port - b.port || a.module - b.module)
    : card.instances;
  return inOrder
    .filter((instance) => version.showsReadOnly || !card.isReadOnly(instance))
    .flatMap((instance) =>
      card.shown(instance).map((parameter) => {
        const name = displayName(instance, parameter);
        return rowOf(card, { name, instance, parameter }, verbose);
      }),
    );
}

/**
 * What a user named, where the card shows it: queryParamViews of the same file.
 * @throws ToolError with the sentence that mlxconfig prints.
 */
export function namedRow(
  card: CardFirmware,
  reference: ParameterReference,
  verbose: boolean,
  version: ToolVersion,
  write: boolean,
): QueryRow {
  const { instance, parameter, name, index } = reference;
  const hidden = card.isReadOnly(instance) && (write || !version.showsReadOnly);
  if (hidden || !card.shown(instance).includes(parameter)) {
    throw new ToolError(`The Device doesn't support ${name} parameter`);
  }
  if (index !== undefined && index >= parameter.arrayLength) {
    const base = name.slice(0, name.indexOf("["));
    throw new ToolError(
      `Index ${index} of the parameter ${base} is out of range. Maximal index is ${parameter.arrayLength - 1}`,
    );
  }
  return rowOf(card, reference, verbose);
}

/** @throws ToolError with the sentence that mlxconfig prints. */
export function referenceTo(card: CardFirmware, name: string, version: ToolVersion): ParameterReference {
  try {
    return findParameter(card, name, version.unknown);
  } catch (error) {
    throw new ToolError((error as Error).message);
  }
}

function rowOf(card: CardFirmware, reference: ParameterReference, verbose: boolean): QueryRow {
  const column = (which: Column): ValueView => viewIn(card, reference, which);
  return {
    name: reference.name,
    readOnly: card.isReadOnly(reference.instance),
    next: column("next"),
    ...(verbose ? { default: column("default"), current: column("current") } : {}),
  };
}

function viewIn(card: CardFirmware, { instance, parameter, index }: ParameterReference, column: Column): ValueView {
  const value = card.value(column, instance, parameter);
  return index === undefined || typeof value === "number"
    ? viewOf(parameter, value)
    : elementView(parameter, value[index] ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
