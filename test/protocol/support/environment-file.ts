import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import type { ResourceContext, ResourceDefinition } from "../../../provider/protocol/definition";
import { readFile, removeFile, writeFile } from "../../../provider/reach/files";

/** A file of KEY=VALUE lines, and time for whoever reads it. CONTRIBUTING.md shows it as the example of a new resource. */

const value = z.string().regex(/^\S*$/, "must have no blanks");

const shape = {
  file: z
    .string()
    .regex(/^\/.+\.conf$/, "must be an absolute path ending in .conf")
    .describe("Where the lines are"),
  variables: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]*$/, "must be capital letters"), value)
    .describe("Values by name"),
  token: value.meta({ secret: true }).optional().describe("Value of TOKEN; secret"),
  settleSeconds: z.int().min(0).default(0).describe("Time between the write and the end of the update, in seconds"),
};
const inputs = z.strictObject(shape);
const outputs = z.strictObject({ ...shape, settleSeconds: shape.settleSeconds.optional() });
type Inputs = z.infer<typeof inputs>;
type Outputs = z.infer<typeof outputs>;

export const environmentFile: ResourceDefinition<Inputs, Outputs> = {
  token: "test:index:EnvironmentFile",
  description: "Variables in a file",
  kind: "environment-file",
  inputs,
  outputs,
  key: ({ file }) => file,
  replaceOn: ["file"],
  kept: ["settleSeconds"],
  async observe(context, file) {
    const found = await readFile(context.machine.reach, file, during(context, `read ${file}`));
    if (!found) return undefined;
    const lines = found.content.toString().split("\n").filter(Boolean);
    const { TOKEN: token, ...variables } = Object.fromEntries(lines.map(split));
    return { file, variables, ...(token === undefined ? {} : { token }) };
  },
  async apply(context, { file, variables, token, settleSeconds }) {
    const all = { ...variables, ...(token === undefined ? {} : { TOKEN: token }) };
    const content = Object.entries(all).map(([name, text]) => `${name}=${text}\n`);
    await writeFile(context.machine.reach, { path: file, content: content.join("") }, during(context, `write ${file}`));
    await context.phase("waiting for the readers", settleSeconds, () =>
      wait(settleSeconds * 1000, undefined, { signal: context.signal }),
    );
  },
  destroy: (context, file) => removeFile(context.machine.reach, file, during(context, `remove ${file}`)),
};

const split = (line: string): [string, string] => {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
};

const during = ({ signal }: ResourceContext, name: string) => ({ signal, timeoutMs: 30_000, name });
