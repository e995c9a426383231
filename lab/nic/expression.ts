/**
 * The expressions of mstflint's parameter table (columns dependency, rule, min_val, max_val, temp_vars): arithmetic over
 * `$tlv.parameter` and, inside one TLV, `$parameter`. mstflint hands them to muParser; its operators and their order are
 * those of the muParser manual ("Built-in binary operators"): ?:, ||, &&, comparisons, + -, * /, ^ (power).
 */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "variable"; readonly variable: Variable }
  | { readonly kind: "log2"; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "choice"; readonly test: Expression; readonly yes: Expression; readonly no: Expression };

/** Without a TLV: a parameter of the TLV that the expression stands in, or a temporary value (its name begins with `_`). */
export interface Variable {
  readonly tlv?: string;
  readonly name: string;
}

type Operator = "||" | "&&" | "==" | "!=" | "<=" | ">=" | "<" | ">" | "+" | "-" | "*" | "/" | "^";

/** From loosest to tightest. */
const LEVELS: readonly (readonly Operator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];

const APPLY: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  "||": (left, right) => Number(left !== 0 || right !== 0),
  "&&": (left, right) => Number(left !== 0 && right !== 0),
  "==": (left, right) => Number(left === right),
  "!=": (left, right) => Number(left !== right),
  "<=": (left, right) => Number(left <= right),
  ">=": (left, right) => Number(left >= right),
  "<": (left, right) => Number(left < right),
  ">": (left, right) => Number(left > right),
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "^": (left, right) => left ** right,
};

const TOKEN = /\s*(\$[A-Za-z0-9_.]+|0x[0-9a-fA-F]+|\d+|log2|\|\||&&|==|!=|<=|>=|[<>+\-*/^()?:])/y;

/** @throws Error that quotes the text and says where it stops making sense. */
export function parseExpression(text: string): Expression {
  const tokens = tokenize(text);
  let at = 0;
  const fail = (expected: string): never => {
    throw new Error(`expression "${text}": ${expected} expected where "${tokens[at] ?? "its end"}" stands`);
  };
  const take = (token: string): void => {
    if (tokens[at] !== token) fail(`"${token}"`);
    at += 1;
  };
  const choice = (): Expression => {
    const test = binary(0);
    if (tokens[at] !== "?") return test;
    at += 1;
    const yes = choice();
    take(":");
    return { kind: "choice", test, yes, no: choice() };
  };
  const binary = (level: number): Expression => {
    const operators = LEVELS[level];
    if (operators === undefined) return power();
    let left = binary(level + 1);
    for (;;) {
      const operator = operators.find((candidate) => candidate === tokens[at]);
      if (operator === undefined) return left;
      at += 1;
      left = { kind: "binary", operator, left, right: binary(level + 1) };
    }
  };
  const power = (): Expression => {
    const left = operand();
    if (tokens[at] !== "^") return left;
    at += 1;
    return { kind: "binary", operator: "^", left, right: power() };
  };
  const operand = (): Expression => {
    const token = tokens[at] ?? fail("a value");
    if (token === "(") {
      at += 1;
      const inner = choice();
      take(")");
      return inner;
    }
    if (token === "log2") {
      at += 1;
      take("(");
      const of = choice();
      take(")");
      return { kind: "log2", of };
    }
    if (token.startsWith("$")) {
      at += 1;
      return { kind: "variable", variable: parseVariable(token) };
    }
    if (!/^\d/.test(token)) fail("a value");
    at += 1;
    return { kind: "number", value: Number(token) };
  };
  const expression = choice();
  if (at !== tokens.length) fail("the end");
  return expression;
}

/** The value of an expression; true is 1 and false is 0, as muParser has it. */
export function evaluate(expression: Expression, value: (variable: Variable) => number): number {
  switch (expression.kind) {
    case "number":
      return expression.value;
    case "variable":
      return value(expression.variable);
    case "log2":
      return Math.log2(evaluate(expression.of, value));
    case "choice":
      return evaluate(evaluate(expression.test, value) === 0 ? expression.no : expression.yes, value);
    case "binary":
      return APPLY[expression.operator](evaluate(expression.left, value), evaluate(expression.right, value));
  }
}

/** Every variable that an expression names, in its order, each once. */
export function variablesOf(expression: Expression): Variable[] {
  const found = new Map<string, Variable>();
  const visit = (part: Expression): void => {
    switch (part.kind) {
      case "number":
        return;
      case "variable":
        found.set(`${part.variable.tlv ?? ""}.${part.variable.name}`, part.variable);
        return;
      case "log2":
        visit(part.of);
        return;
      case "choice":
        for (const branch of [part.test, part.yes, part.no]) visit(branch);
        return;
      case "binary":
        visit(part.left);
        visit(part.right);
    }
  };
  visit(expression);
  return [...found.values()];
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`expression "${text}": "${text.slice(from, from + 12)}" is not understood`);
    tokens.push(match[1] as string);
  }
  return tokens;
}

function parseVariable(token: string): Variable {
  const name = token.slice(1);
  const dot = name.indexOf(".");
  return dot < 0 ? { name } : { tlv: name.slice(0, dot), name: name.slice(dot + 1) };
}
