import { ListValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { formatPath, type Keys } from "../../core/diff/path";
import { childShape, type Shape } from "../../core/diff/shape";
import type { Problem } from "../../core/problems";
import { MAX_DEPTH } from "./decode";
import { signatureKey, unknownSentinels } from "./sentinels";

/** A configuration whose texts have become what they say, and which of them say nothing. */
export interface Expanded {
  readonly struct: Struct;
  readonly problems: readonly Problem[];
}

const { STRING_VALUE } = Value.KindCase;
const sentinels = new Set<string>(Object.values(unknownSentinels));

/** Where a value stands: its property path, its schema, and how deep it lies with the wrappers around it. */
interface Place {
  readonly keys: Keys;
  readonly shape: Shape | undefined;
  readonly depth: number;
}

/**
 * Configuration comes as JSON text wherever it is no string: the generated SDKs stringify what is nested, and stack
 * configuration is text altogether. Replaces such texts by their values, at every depth, also within secrets. A text that
 * is not JSON becomes unknown, so that nothing else is said of it. Problems never quote a text: it may hold secrets.
 */
export function expandTexts(struct: Struct, shape: Shape): Expanded {
  const problems: Problem[] = [];
  return { struct: expandStruct(struct, { keys: [], shape, depth: 0 }, problems), problems };
}

/** Whether a text at a place of that shape is JSON rather than itself. */
export function isJsonText(value: unknown, shape: Shape | undefined): boolean {
  const wantsText = !shape || (shape.kind === "leaf" && shape.type === "string");
  return typeof value === "string" && !wantsText && !sentinels.has(value);
}

function expandStruct(struct: Struct, { keys, shape, depth }: Place, problems: Problem[]): Struct {
  const result = new Struct();
  const special = struct.getFieldsMap().has(signatureKey);
  struct.getFieldsMap().forEach((value: Value, key: string) => {
    // What a secret wraps is at the secret's own place.
    const place = special
      ? { keys, shape: key === "value" ? shape : undefined, depth: depth + 1 }
      : { keys: [...keys, key], shape: childShape(shape, key), depth: depth + 1 };
    result.getFieldsMap().set(key, expandValue(value, place, problems));
  });
  return result;
}

function expandValue(value: Value, place: Place, problems: Problem[]): Value {
  const { keys, shape } = place;
  const text = value.getStringValue();
  if (!shape || value.getKindCase() !== STRING_VALUE || !isJsonText(text, shape)) {
    return expandChildren(value, place, problems);
  }
  const parsed = parse(text, shape);
  if (parsed instanceof Value) return expandChildren(parsed, place, problems);
  problems.push({ path: formatPath(keys), message: parsed });
  return new Value().setStringValue(unknownSentinels[shape.type]);
}

function expandChildren(value: Value, place: Place, problems: Problem[]): Value {
  const { keys, shape, depth } = place;
  // Deeper values are refused when they are decoded.
  if (depth > MAX_DEPTH) return value;
  const [struct, list] = [value.getStructValue(), value.getListValue()];
  if (struct) return new Value().setStructValue(expandStruct(struct, place, problems));
  if (!list) return value;
  const items = list.getValuesList().map((item, index) => {
    return expandValue(item, { keys: [...keys, index], shape: childShape(shape, index), depth: depth + 1 }, problems);
  });
  return new Value().setListValue(new ListValue().setValuesList(items));
}

/** The value of a text, or what is wrong with it. */
function parse(text: string, shape: Shape): Value | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return `Must be ${expected(shape)}.`;
  }
  if (isTooDeep(parsed, MAX_DEPTH)) return `Is nested deeper than ${MAX_DEPTH} levels.`;
  return Value.fromJavaScript(parsed as Parameters<typeof Value.fromJavaScript>[0]);
}

function isTooDeep(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isTooDeep(item, levels - 1));
}

function expected(shape: Shape): string {
  if (shape.kind === "list") return 'a list, such as ["a"], and is not valid JSON';
  if (shape.kind !== "leaf") return 'a map, such as {"key": "value"}, and is not valid JSON';
  return shape.type === "bool" ? "true or false" : "a number";
}
