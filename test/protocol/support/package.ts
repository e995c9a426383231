import { z } from "zod";
import { Refusal } from "../../../core/problems";
import { checkConfiguration, configuration, connection, createInventory } from "../../../provider/inventory";
import type { FunctionDefinition, ProviderDefinition } from "../../../provider/protocol/definition";
import { environmentFile } from "./environment-file";
import { knobs } from "./knobs";
import { settings } from "./settings";

interface Tree {
  readonly name: string;
  readonly children?: Tree[] | undefined;
}
const tree: z.ZodType<Tree> = z
  .strictObject({
    name: z.string(),
    get children() {
      return z.array(tree).optional();
    },
  })
  .meta({ id: "Tree", description: "A tree" });

const count: FunctionDefinition<
  { tree: Tree; secret?: string | undefined; unit: string },
  { leaves: number; secret?: string; tree: Tree }
> = {
  token: "test:index:count",
  description: "Counts leaves",
  inputs: z.strictObject({
    tree: tree.describe("The tree"),
    secret: z.string().optional(),
    unit: z.string().default("leaf"),
  }),
  outputs: z.strictObject({ leaves: z.int(), secret: z.string().optional(), tree }) as z.ZodType<{
    leaves: number;
    secret?: string;
    tree: Tree;
  }>,
  async run(_context, { tree, secret }) {
    if (tree.name === "refuse") {
      throw new Refusal([
        { path: "tree.name", message: "No." },
        { path: "unit", message: "Neither." },
      ]);
    }
    if (tree.name === "broken") throw new TypeError("x is not a function");
    const leaves = (node: Tree): number => (node.children ?? []).reduce((sum, child) => sum + leaves(child), 0) || 1;
    return { leaves: leaves(tree), tree, ...(secret === undefined ? {} : { secret }) };
  },
};

export const provider: ProviderDefinition = {
  name: "test",
  version: "1.2.3",
  displayName: "Test",
  description: "A provider to test the protocol layer with",
  publisher: "pulumi-gpudirect",
  keywords: ["test"],
  license: "Apache-2.0",
  nodejs: { packageName: "test-sdk" },
  // The real inventory: its resources can be on any machine.
  config: configuration,
  checkConfig: checkConfiguration,
  connection,
  inventory: createInventory,
  resources: [settings, environmentFile, knobs],
  functions: [count],
};
