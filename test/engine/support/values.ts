/** Values of a program or of a stack's configuration that JSON alone cannot say. */

/** Marks a value as secret: `pulumi.secret` in a program, `--secret` in a configuration. */
export const secret = (value: unknown): Secret => ({ $secret: value });

/** An output of another resource of the same program: not known in a preview that creates it. */
export const output = (resource: string, property: string): Reference => ({ $output: [resource, property] });

export interface Secret {
  readonly $secret: unknown;
}
export interface Reference {
  readonly $output: readonly [resource: string, property: string];
}

export const isSecret = (value: unknown): value is Secret => isObject(value) && "$secret" in value;

export const isReference = (value: unknown): value is Reference => isObject(value) && "$output" in value;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every reference in a value, however deep. */
export function referencesIn(value: unknown): Reference[] {
  if (isReference(value)) return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

/** The value with its secrets in plain. */
export function revealed(value: unknown): unknown {
  if (isSecret(value)) return revealed(value.$secret);
  if (Array.isArray(value)) return value.map(revealed);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}
