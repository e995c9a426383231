import { ListValue, NullValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";
import { isPlainObject, type PlainObject } from "../../core/diff/plain";
import { childShape, type Shape, shapeFor } from "../../core/diff/shape";
import { Unknown } from "../../core/diff/unknown";
import { SpecialValue } from "./decode";
import type { SecretTree } from "./secrets";
import { signatureKey, signatures, unknownSentinels } from "./sentinels";

/** What to wrap as secret on the way out. */
export interface Secrecy {
  /** Places that came as secrets. */
  readonly secrets?: SecretTree | undefined;
  /** Schema whose secret marks count. */
  readonly shape?: Shape | undefined;
  /**
   * Whether a list that holds a secret becomes secret as a whole. For outputs: a machine may give a list in another
   * order than the inputs had, and the engine's own annotateSecrets does the same.
   */
  readonly wholeLists?: boolean;
  /**
   * Whether a text has a secret in it. For outputs: a machine tells what was written in other places too, such as what
   * waits for a boot.
   */
  readonly hasSecret?: ((text: string) => boolean) | undefined;
  /**
   * Whether every unknown is sent as that of a text. For outputs: the Node SDK takes the sentinels of other types for texts
   * (runtime/rpc.ts, deserializeProperty).
   */
  readonly unknownAsText?: boolean;
}

/** Writes a Struct: unknowns as sentinels, secret places wrapped, keys without a value left out. */
export function encode(value: PlainObject, secrecy: Secrecy = {}): Struct {
  const struct = new Struct();
  const fields = struct.getFieldsMap();
  const shape = shapeFor(secrecy.shape, value);
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    fields.set(key, encodeValue(item, descend({ ...secrecy, shape }, key)));
  }
  return struct;
}

function encodeValue(value: unknown, secrecy: Secrecy): Value {
  const { secrets, shape, unknownAsText = false } = secrecy;
  const wholeList = secrecy.wholeLists && Array.isArray(value) && secrets?.holdsSecret;
  const tellsSecret = typeof value === "string" && secrecy.hasSecret?.(value);
  if (secrets?.secret || shape?.secret || wholeList || tellsSecret) {
    const wrapper = new Struct();
    wrapper
      .getFieldsMap()
      .set(signatureKey, text(signatures.secret))
      .set("value", encodePlain(value, { unknownAsText }));
    return new Value().setStructValue(wrapper);
  }
  return encodePlain(value, { ...secrecy, shape: shapeFor(shape, value) });
}

function encodePlain(value: unknown, secrecy: Secrecy): Value {
  if (value === null || value === undefined) return new Value().setNullValue(NullValue.NULL_VALUE);
  if (typeof value === "boolean") return new Value().setBoolValue(value);
  if (typeof value === "number") return new Value().setNumberValue(value);
  if (typeof value === "string") return text(value);
  if (value instanceof Unknown) return text(unknownSentinels[secrecy.unknownAsText ? "string" : value.type]);
  if (value instanceof SpecialValue)
    return Value.fromJavaScript(value.fields as Parameters<typeof Value.fromJavaScript>[0]);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => encodeValue(item, descend(secrecy, index)));
    return new Value().setListValue(new ListValue().setValuesList(items));
  }
  if (isPlainObject(value)) return new Value().setStructValue(encode(value, secrecy));
  throw new TypeError(`a ${typeof value} cannot be sent to the engine`);
}

function descend(secrecy: Secrecy, key: string | number): Secrecy {
  return { ...secrecy, secrets: secrecy.secrets?.at(key), shape: childShape(secrecy.shape, key) };
}

/** Lone surrogates have no UTF-8 form, and the engine rejects a whole message for one: they become U+FFFD. */
function text(value: string): Value {
  return new Value().setStringValue(
    /[\ud800-\udfff]/.test(value) ? Buffer.from(value, "utf8").toString("utf8") : value,
  );
}
