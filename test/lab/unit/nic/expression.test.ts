import assert from "node:assert/strict";
import { evaluate, parseExpression, type Variable, variablesOf } from "../../../../lab/nic/expression";
import { table } from "./lab-cards";

const at = (values: Record<string, number>) => (variable: Variable) => {
  const name = variable.tlv === undefined ? variable.name : `${variable.tlv}.${variable.name}`;
  const value = values[name];
  if (value === undefined) throw new Error(`no value for ${name}`);
  return value;
};

describe("an expression of the parameter table", () => {
  const cases: [text: string, result: number][] = [
    ["1+2*3", 7],
    ["(1+2)*3", 9],
    ["8-2-1", 5],
    ["2^3^2", 512],
    ["16/4/2", 2],
    ["log2(64)", 6],
    ["0x10==16", 1],
    ["1 || 0 && 0", 1],
    ["0==1 ? 2 : 1==1 ? 3 : 4", 3],
    ["3<=3 && 3>2 && 2>=2 && 1<2", 1],
    ["$a.b != 0", 1],
    ["($c==1)&&($a.b==5)", 1],
  ];
  for (const [text, result] of cases) {
    it(`${text} is ${result}`, () => {
      assert.equal(evaluate(parseExpression(text), at({ "a.b": 5, c: 1 })), result);
    });
  }

  it("names its variables, each once", () => {
    assert.deepEqual(variablesOf(parseExpression("$a.b==1 ? log2($c) : $a.b + $c")), [
      { tlv: "a", name: "b" },
      { name: "c" },
    ]);
  });

  for (const text of ["", "1+", "(1", "1 2", "$a.b ==", "log2 3", "#", "1 ? 2"]) {
    it(`"${text}" is refused, quoted`, () => {
      assert.throws(() => parseExpression(text), {
        message: new RegExp(`^expression "${text.replace(/[?$(+.]/g, "\\$&")}"`),
      });
    });
  }

  it("finds each of its variables in the table, for all of mstflint's expressions", () => {
    let found = 0;
    for (const parameter of table.parameters()) {
      const { dependency, rule, minimum, maximum, temporary } = parameter;
      const expressions = [dependency === "always" ? undefined : dependency, rule, minimum, maximum, temporary?.value];
      for (const expression of expressions) {
        if (expression === undefined) continue;
        for (const { tlv = parameter.tlv, name } of variablesOf(expression)) {
          if (name === temporary?.name) continue;
          const there = table.tlvs.get(tlv)?.parameters.some((candidate) => candidate.name === name);
          assert.ok(there, `${parameter.name}: ${tlv}.${name}`);
          found += 1;
        }
      }
    }
    assert.ok(found > 200, `${found} variables`);
  });
});
