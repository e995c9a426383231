import { equal, ok } from "node:assert/strict";
import * as fc from "fast-check";
import { redactor } from "../../../provider/protocol/redact";
import { SecretTree } from "../../../provider/protocol/secrets";

const redactorOf = (...values: string[]) => {
  const secrets = new SecretTree();
  secrets.mark(["values"]);
  return redactor([{ value: { values }, secrets }]);
};

describe("redactor", () => {
  it("hides a secret as it is, as JSON, base64 and URLs write it", () => {
    const secret = 'p4ss "wörd"?/ü\\';
    const redact = redactorOf(secret);
    const bytes = Buffer.from(secret);
    for (const form of [secret, encodeURIComponent(secret), bytes.toString("base64url")]) {
      equal(redact(`before ${form} after`), "before [secret] after");
    }
    equal(redact(JSON.stringify(secret)), '"[secret]"');
    equal(redact(bytes.toString("base64")).replace(/=*$/, ""), "[secret]");
  });

  it("hides each long line of a key, in each form, and not the lines around it", () => {
    const lines = ["b3BlbnNzaC1rZXktdjEAAAAABG5v", "bmUAAAAEbm9uZQAAAAAAAAABAAAA", "short"];
    const armour = "-----BEGIN OPENSSH PRIVATE KEY-----";
    const key = [armour, ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
    const redact = redactorOf(key);
    equal(redact(`invalid key: ${key}`), "invalid key: [secret]");
    equal(redact(`bad line ${lines[1]} in ${JSON.stringify(key)}`), 'bad line [secret] in "[secret]"');
    equal(redact(`${Buffer.from(lines[0] ?? "").toString("base64url")}!`), "[secret]!");
    equal(redact(`short, ${armour}`), `short, ${armour}`);
  });

  it("leaves short secrets, and takes the longer of two that overlap", () => {
    equal(redactorOf("abc")("abc"), "abc");
    equal(redactorOf("abcd", "abcdefgh")("abcdefgh abcd"), "[secret] [secret]");
  });

  it("never throws, and leaves nothing of a long secret, whatever it holds", () => {
    const marked = fc.string({ unit: "binary", maxLength: 40 }).map((text) => `${text}tOkEn-4711-4711`);
    fc.assert(
      fc.property(marked, fc.string(), (secret, around) => {
        ok(!redactorOf(secret)(`${around}${secret}${around}`).includes("tOkEn-4711-4711"));
      }),
    );
    equal(redactorOf("lone \ud800 surrogate")("x"), "x");
  });
});
