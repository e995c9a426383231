import type { PlainObject } from "../../core/diff/plain";
import type { FunctionDefinition, ProviderDefinition, ResourceDefinition } from "./definition";
import { shapesOf } from "./machine-fields";
import { TypeTable } from "./schema-types";

/** Names that every Pulumi resource has already. */
const reserved = ["id", "urn"];

/** The Pulumi package schema of a provider. Same definitions, same bytes. Throws on what a schema cannot say. */
export function packageSchema(provider: ProviderDefinition): PlainObject {
  const table = new TypeTable(provider.name);
  const resources = provider.resources.map((one) => [one.token, resourceSpec(table, one, provider)]);
  const functions = provider.functions.map((one) => [one.token, functionSpec(table, one)]);
  const config = table.object(provider.config, "Config");
  return {
    name: provider.name,
    displayName: provider.displayName,
    version: provider.version,
    description: provider.description,
    keywords: provider.keywords,
    license: provider.license,
    publisher: provider.publisher,
    ...(provider.repository ? { repository: provider.repository } : {}),
    language: { nodejs: { respectSchemaVersion: true, ...provider.nodejs } },
    config: { variables: config.properties, ...(config.required.length > 0 ? { defaults: config.required } : {}) },
    provider: {
      description: provider.description,
      inputProperties: config.properties,
      requiredInputs: config.required,
    },
    types: sorted(table.types),
    resources: sorted(Object.fromEntries(resources)),
    functions: sorted(Object.fromEntries(functions)),
  };
}

function resourceSpec(
  table: TypeTable,
  definition: ResourceDefinition,
  { connection }: ProviderDefinition,
): PlainObject {
  const name = nameOf(definition.token);
  const shapes = shapesOf(definition, connection);
  const inputs = table.object(shapes.inputs, name);
  const outputs = table.object(shapes.outputs, name, "output");
  for (const key of [...Object.keys(inputs.properties), ...Object.keys(outputs.properties)]) {
    if (reserved.includes(key)) throw new Error(`${definition.token}: a property cannot be called ${key}`);
  }
  const replaceOn: readonly string[] = definition.replaceOn ?? [];
  for (const key of ["host", ...replaceOn]) {
    const property = inputs.properties[key];
    if (property) inputs.properties[key] = { ...property, replaceOnChanges: true };
  }
  return {
    description: definition.description,
    properties: withoutDefaults(outputs.properties),
    required: outputs.required,
    inputProperties: inputs.properties,
    requiredInputs: inputs.required,
  };
}

function functionSpec(table: TypeTable, definition: FunctionDefinition): PlainObject {
  const name = nameOf(definition.token);
  const inputs = table.object(definition.inputs, `${name}Args`);
  const outputs = table.object(definition.outputs, `${name}Result`, "output");
  const shape = ({ properties, required }: typeof inputs) => ({
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
  });
  return {
    description: definition.description,
    inputs: shape(inputs),
    outputs: shape({ ...outputs, properties: withoutDefaults(outputs.properties) }),
  };
}

/** Defaults are filled into inputs; an output is what it is. */
function withoutDefaults(properties: Record<string, PlainObject>): Record<string, PlainObject> {
  return Object.fromEntries(Object.entries(properties).map(([key, { default: _, ...property }]) => [key, property]));
}

function nameOf(token: string): string {
  const name = token.split(":").pop() ?? token;
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function sorted(entries: Record<string, unknown>): PlainObject {
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}
