import { deepEqual, throws } from "node:assert/strict";
import { z } from "zod";
import { hostTopology } from "../../../core/topology/model";
import type { AnyResourceDefinition, ProviderDefinition } from "../../../provider/protocol/definition";
import { packageSchema } from "../../../provider/protocol/schema";
import { provider } from "../../protocol/support/package";
import type { Loose } from "../../protocol/support/plugin";

const schema = packageSchema(provider) as Loose;

describe("package schema", () => {
  it("tells inputs from outputs, what is required, defaults, secrets, enums and unions", () => {
    const { inputProperties, requiredInputs, properties, required } = schema.resources["test:index:Settings"];
    deepEqual(requiredInputs, ["file", "size"]);
    const settings = ["file", "size", "owner", "mode", "serial", "checksum", "proof"];
    deepEqual(required, ["host", ...settings, "restoreOnDelete"]);
    deepEqual(inputProperties.size, { type: "integer", description: "A number." });
    deepEqual(inputProperties.file, { type: "string", description: "Where the settings are.", replaceOnChanges: true });
    deepEqual(inputProperties.owner, { type: "string", description: "Who owns it.", default: "root" });
    deepEqual(properties.owner, { type: "string", description: "Who owns it." });
    deepEqual(inputProperties.password, { type: "string", description: "A secret.", secret: true });
    deepEqual(inputProperties.labels, { type: "object", additionalProperties: { type: "string" } });
    deepEqual(inputProperties.disks.additionalProperties, { $ref: "#/types/test:index:Disk" });
    deepEqual(inputProperties.limits, { $ref: "#/types/test:index:SettingsLimits" });
    deepEqual(inputProperties.amount, {
      oneOf: [{ type: "string" }, { type: "integer" }, { type: "array", items: { type: "string" } }],
    });
    deepEqual(schema.types["test:index:Disk"], {
      type: "object",
      description: "A disk",
      properties: {
        sizeGiB: { type: "integer", description: "Size in GiB." },
        bus: { type: "string", description: "One of `virtio`, `scsi`.", default: "virtio" },
      },
      required: ["sizeGiB"],
    });
  });

  it("knows recursive types, and the host model", () => {
    deepEqual(schema.types["test:index:Tree"].required, ["name"]);
    const inputs = z.strictObject({ host: hostTopology.describe("The host") });
    const { types, functions } = packageSchema({
      ...provider,
      functions: provider.functions.map((one) => ({ ...one, inputs, outputs: inputs })),
    }) as Loose;
    deepEqual(functions["test:index:count"].inputs.properties.host, {
      $ref: "#/types/test:index:HostTopology",
      description: "The host.",
    });
    deepEqual(types["test:index:PciDevice"].properties.children.items, { $ref: "#/types/test:index:PciDevice" });
    deepEqual(types["test:index:HostTopology"].properties.format.description, "Always gpudirect-host.");
  });

  it("refuses what a Pulumi schema cannot say", () => {
    const resource = (inputs: z.ZodObject): ProviderDefinition => ({
      ...provider,
      resources: provider.resources.map((one) => ({ ...one, inputs }) as AnyResourceDefinition),
    });
    throws(() => packageSchema(resource(z.strictObject({ urn: z.string() }))), /cannot be called urn/);
    throws(() => packageSchema(resource(z.strictObject({ when: z.date() }))), /SettingsWhen: a date schema/);
    const twice = z.strictObject({
      a: z.strictObject({ x: z.string() }).meta({ id: "T" }),
      b: z.strictObject({ y: z.string() }).meta({ id: "T" }),
    });
    throws(() => packageSchema(resource(twice)), /two different types are named T/);
  });
});
