import assert from "node:assert/strict";
import type { AttributeValue, RegistryAttribute } from "../../../core/bios/bios-reading";
import { checkTypeOnly, checkValue } from "../../../core/bios/check-value";

const check = (attribute: Omit<RegistryAttribute, "name">, value: AttributeValue, current?: AttributeValue) =>
  checkValue({ name: "A", ...attribute }, value, current);

describe("a value for a BIOS attribute", () => {
  it("keeps to an integer's range and steps, counted from the lowest", () => {
    const timeout = { type: "Integer", lowerBound: 10, upperBound: 100, scalarIncrement: 5 } as const;
    assert.equal(check(timeout, 10), undefined);
    assert.equal(check(timeout, 95), undefined);
    assert.equal(check(timeout, 9), "must be from 10 to 100, not 9");
    assert.equal(check(timeout, 101), "must be from 10 to 100, not 101");
    assert.equal(check(timeout, 12), "must be 10 or more in steps of 5, not 12");
    assert.equal(check(timeout, 10.5), "must be a whole number, not 10.5");
    assert.equal(check(timeout, "10"), 'must be a whole number, not "10"');
    assert.equal(check({ type: "Integer", upperBound: 5 }, 6), "must be 5 or less, not 6");
    assert.equal(check({ type: "Integer", scalarIncrement: 0 }, 7), undefined, "no steps are said");
  });

  it("keeps to a text's length and expression, where that can be read", () => {
    const tag = { type: "String", minLength: 2, maxLength: 4, valueExpression: "^[A-Z]*$" } as const;
    assert.equal(check(tag, "ABC"), undefined);
    assert.equal(check(tag, "A"), "must have at least 2 characters");
    assert.equal(check(tag, "ABCDE"), "must have at most 4 characters");
    assert.equal(check(tag, "abc"), "must match ^[A-Z]*$");
    assert.equal(check(tag, 5), "must be a text, not 5");
    assert.equal(check({ type: "String", valueExpression: "(?<bad" }, "x"), undefined);
  });

  it("is typed as the BMC shows it", () => {
    const numbers = { type: "Enumeration", values: [{ name: "0" }, { name: "1" }] } as const;
    assert.equal(check(numbers, 1, 0), undefined);
    assert.equal(check(numbers, "1", 0), 'must be one of 0, 1, not "1"');
    assert.equal(check(numbers, "1", "0"), undefined);
    assert.equal(check(numbers, 1, "0"), 'must be one of "0", "1", not 1');
    assert.equal(check({ type: "Boolean" }, "true", true), 'must be true or false, not "true"');
    assert.equal(check({ type: "Enumeration" }, "Any", "Other"), undefined, "the registry lists no values");
    assert.equal(check({ type: "Enumeration" }, 5, "Other"), 'must be a text, as its present value "Other" is, not 5');
  });

  it("is held against the present value's type where there is no registry", () => {
    assert.equal(checkTypeOnly("x", "y"), undefined);
    assert.equal(checkTypeOnly("x", null), undefined);
    assert.equal(checkTypeOnly("x", true), 'must be true or false, as its present value true is, not "x"');
  });
});
