import { type Reference, referencesIn } from "./values";

/** A resource of any type, without an SDK. `args` may hold `secret(…)` and `output(…)`. */
export interface AnyResource {
  /** `gpudirect:index:Domain` */
  readonly type: string;
  readonly args: object;
  readonly options?: Options | undefined;
}

/** Pulumi's resource options, those that JSON can say. */
export interface Options {
  readonly import?: string;
  readonly ignoreChanges?: readonly string[];
  readonly aliases?: readonly (string | { readonly name: string })[];
  readonly deleteBeforeReplace?: boolean;
  readonly replaceOnChanges?: readonly string[];
  readonly retainOnDelete?: boolean;
  readonly protect?: boolean;
  readonly additionalSecretOutputs?: readonly string[];
  readonly customTimeouts?: { readonly create?: string; readonly update?: string; readonly delete?: string };
  /** Names of resources that come before it in the program. */
  readonly dependsOn?: readonly string[];
}

/**
 * JavaScript that registers the resources in their order. It stands below a line that has `pulumi`. Resources that
 * others refer to must come before them. `outputs` are those of the program.
 */
export function resourcesProgram(all: Record<string, AnyResource>, outputs: Record<string, Reference>): string {
  const properties: Record<string, string[]> = {};
  const inputs = Object.values(all).map(({ args }) => args);
  for (const { $output } of [...inputs, outputs].flatMap(referencesIn)) {
    const [resource, property] = $output;
    properties[resource] = [...(properties[resource] ?? []), property];
  }
  return `
const made = {};
const valueOf = (value) => {
  if (Array.isArray(value)) return value.map(valueOf);
  if (typeof value !== "object" || value === null) return value;
  if ("$secret" in value) return pulumi.secret(valueOf(value.$secret));
  if ("$output" in value) return made[value.$output[0]][value.$output[1]];
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, valueOf(inner)]));
};
const properties = ${JSON.stringify(properties)};
for (const [name, { type, args, options = {} }] of Object.entries(${JSON.stringify(all)})) {
  // A property that is not an input is there as an output only when it was named at registration.
  const outputs = Object.fromEntries((properties[name] ?? []).map((property) => [property, undefined]));
  const dependsOn = (options.dependsOn ?? []).map((one) => made[one]);
  made[name] = new pulumi.CustomResource(type, name, { ...outputs, ...valueOf(args) }, { ...options, dependsOn });
}
Object.assign(exports, valueOf(${JSON.stringify(outputs)}));
`;
}
