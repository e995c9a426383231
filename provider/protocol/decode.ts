import type { Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { Value as StructValue } from "google-protobuf/google/protobuf/struct_pb";
import { type PlainObject, setKey } from "../../core/diff/plain";
import { Unknown, type UnknownType } from "../../core/diff/unknown";
import { InvalidRequest } from "./errors";
import { SecretTree } from "./secrets";
import { signatureKey, signatures, unknownSentinels } from "./sentinels";

/** An asset, archive or resource reference: opaque to this provider, sent back as it came. */
export class SpecialValue {
  constructor(readonly fields: PlainObject) {}
}

/** A message's value as plain JavaScript, and which of its places are secret. */
export interface Decoded {
  readonly value: PlainObject;
  readonly secrets: SecretTree;
}

/** Deeper values are refused: schemas, diffs and the engine itself walk them by recursion. */
export const MAX_DEPTH = 200;

const typeOfSentinel = new Map(Object.entries(unknownSentinels).map(([type, text]) => [text, type as UnknownType]));

/**
 * Reads a Struct. Unknowns become `Unknown`, secrets are unwrapped and their places noted, output values become their
 * value or an unknown, nulls in objects count as absent as they do in Pulumi's SDKs.
 * Throws InvalidRequest on values nested too deep and on signatures that no SDK writes.
 */
export function decode(struct: Struct | undefined): Decoded {
  const secrets = new SecretTree();
  const value = struct ? decodeStruct(struct, [], secrets, 0) : {};
  if (value instanceof SpecialValue || value instanceof Unknown || typeof value !== "object" || value === null) {
    throw new InvalidRequest("the properties are a special value where an object was expected");
  }
  return { value: value as PlainObject, secrets };
}

function decodeValue(value: Value, keys: (string | number)[], secrets: SecretTree, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new InvalidRequest(`a value is nested deeper than ${MAX_DEPTH} levels`);
  switch (value.getKindCase()) {
    case StructValue.KindCase.BOOL_VALUE:
      return value.getBoolValue();
    case StructValue.KindCase.NUMBER_VALUE:
      return value.getNumberValue();
    case StructValue.KindCase.STRING_VALUE: {
      const text = value.getStringValue();
      const type = typeOfSentinel.get(text);
      return type ? new Unknown(type) : text;
    }
    case StructValue.KindCase.LIST_VALUE: {
      const items = value.getListValue()?.getValuesList() ?? [];
      return items.map((item, index) => decodeValue(item, [...keys, index], secrets, depth + 1));
    }
    case StructValue.KindCase.STRUCT_VALUE: {
      const struct = value.getStructValue();
      return struct ? decodeStruct(struct, keys, secrets, depth) : {};
    }
    default:
      return null;
  }
}

function decodeStruct(struct: Struct, keys: (string | number)[], secrets: SecretTree, depth: number): unknown {
  const fields = struct.getFieldsMap();
  const signature = fields.get(signatureKey)?.getStringValue();
  if (signature !== undefined) return decodeSpecial(struct, signature, keys, secrets, depth);
  const result: PlainObject = {};
  fields.forEach((field: Value, key: string) => {
    const value = decodeValue(field, [...keys, key], secrets, depth + 1);
    if (value !== null) setKey(result, key, value);
  });
  return result;
}

function decodeSpecial(
  struct: Struct,
  signature: string,
  keys: (string | number)[],
  secrets: SecretTree,
  depth: number,
): unknown {
  const fields = struct.getFieldsMap();
  const inner = fields.get("value");
  const special = Object.values<string>(signatures);
  if (!special.includes(signature))
    throw new InvalidRequest("a value carries a signature that this provider does not know");
  if (signature === signatures.secret) {
    if (!inner) throw new InvalidRequest("a secret carries no value");
    secrets.mark(keys);
    return decodeValue(inner, keys, secrets, depth + 1);
  }
  if (signature === signatures.output) {
    if (fields.get("secret")?.getBoolValue()) secrets.mark(keys);
    return inner ? decodeValue(inner, keys, secrets, depth + 1) : new Unknown("string");
  }
  return new SpecialValue(struct.toJavaScript() as PlainObject);
}
