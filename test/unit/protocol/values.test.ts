import { deepEqual, equal, ok, throws } from "node:assert/strict";
import * as sdk from "@pulumi/pulumi/runtime/rpc";
import * as fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Unknown } from "../../../core/diff/unknown";
import { decode } from "../../../provider/protocol/decode";
import { encode } from "../../../provider/protocol/encode";
import { redactor } from "../../../provider/protocol/redact";
import { signatureKey, signatures, unknownSentinels } from "../../../provider/protocol/sentinels";

const read = (value: object) => decode(Struct.fromJavaScript(value as never));

describe("protocol values", () => {
  it("the constants are the SDK's", () => {
    equal(unknownSentinels.string, sdk.unknownValue);
    equal(signatureKey, sdk.specialSigKey);
    deepEqual(Object.values(signatures), [
      sdk.specialSecretSig,
      sdk.specialOutputValueSig,
      sdk.specialAssetSig,
      sdk.specialArchiveSig,
      sdk.specialResourceSig,
    ]);
  });

  it("every value comes back as it was, secrets and unknowns in place", () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
      fc.boolean(),
      fc.constantFrom(...Object.values(unknownSentinels)),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.string(), tie("value"), { maxKeys: 3, noNullPrototype: true }),
        leaf.map((inner) => ({ [signatureKey]: signatures.secret, value: inner })),
        leaf.map((text) => ({ [signatureKey]: signatures.asset, text })),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value, { noNullPrototype: true }), (properties) => {
        const { value, secrets } = read(properties);
        deepEqual(encode(value, { secrets }).toJavaScript(), Struct.fromJavaScript(properties as never).toJavaScript());
      }),
    );
  });

  it("a secret around an unknown is both; a list with a secret item becomes secret as a whole in outputs", () => {
    const secret = (value: unknown) => ({ [signatureKey]: signatures.secret, value });
    const { value, secrets } = read({ a: secret(unknownSentinels.number), list: [1, secret(2)] });
    ok(value.a instanceof Unknown && value.a.type === "number");
    deepEqual(encode(value, { secrets, wholeLists: true }).toJavaScript(), {
      a: secret(unknownSentinels.number),
      list: secret([1, 2]),
    });
  });

  it("refuses what no SDK writes", () => {
    throws(() => read({ a: { [signatureKey]: "x" } }), /signature/);
    throws(() => read({ a: { [signatureKey]: signatures.secret } }), /no value/);
    throws(() => encode({ a: () => 1 }), /function cannot be sent/);
  });

  it("takes secrets out of messages, the longest first", () => {
    const secret = (value: unknown) => ({ [signatureKey]: signatures.secret, value });
    const redact = redactor([read({ a: secret("pass"), b: secret({ c: ["password"] }), d: "open" })]);
    equal(redact("password, pass, open"), "[secret], [secret], open");
  });
});
