/** One thing that is wrong with an input: where, what, and what to do about it. */
export interface Problem {
  /** Property path in Pulumi's notation: `devices["0000:17:00.0"].port`. Empty for the whole input. */
  readonly path: string;
  /** What is wrong and what to do, one sentence each, without the path. */
  readonly message: string;
}

/** Refusal of an input: carries every problem found, so that a user mends them all at once. */
export class Refusal extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(
      problems.map((problem) => (problem.path ? `${problem.path}: ${problem.message}` : problem.message)).join("\n"),
    );
    this.name = "Refusal";
  }
}

/** `path.key`, or `path["key"]` where the key is no identifier, in Pulumi's property path notation. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (/^[A-Za-z_$][\w$]*$/.test(key)) return path ? `${path}.${key}` : key;
  return `${path}["${key.replace(/"/g, '\\"')}"]`;
}
