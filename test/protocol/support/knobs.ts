import { z } from "zod";
import type { ResourceContext, ResourceDefinition } from "../../../provider/protocol/definition";
import { readFile, writeFile } from "../../../provider/reach/files";

/**
 * A device with knobs, for the hooks of settings that a machine may not have: a JSON file of its knobs, of which some are
 * locked.
 */

const PROFILE = { volume: 11, gain: 3 };

const shape = {
  file: z
    .string()
    .regex(/^\/.+\.json$/)
    .describe("Where the knobs are"),
  profile: z.enum(["loud"]).optional().describe("Knobs that belong together"),
  knobs: z.record(z.string(), z.int()).default({}).describe("Positions by name"),
  others: z.int().optional().describe("Position of all knobs of the device that have no entry"),
};
const inputs = z.strictObject(shape);
const outputs = z.strictObject({
  ...shape,
  available: z.array(z.string()).describe("Knobs that the device has"),
  locked: z.array(z.string()).describe("Knobs that cannot be turned now"),
  held: z.boolean().describe("Whether somebody holds the device, who cannot be looked at then"),
});
type Inputs = z.infer<typeof inputs>;
type Outputs = z.infer<typeof outputs>;

/** The device as it lies in the file. */
export interface Device {
  readonly positions: Record<string, number>;
  readonly locked?: string[];
  readonly held?: boolean;
  /** Whether it can be turned half way only. */
  readonly stuck?: boolean;
}

export const knobs: ResourceDefinition<Inputs, Outputs> = {
  token: "test:index:Knobs",
  description: "Knobs of a device",
  kind: "knobs",
  inputs,
  outputs,
  key: ({ file }) => file,
  replaceOn: ["file"],
  kept: ["profile", "others"],
  settingMaps: ["knobs"],
  imply: ({ profile, knobs = {} }) => (profile ? { knobs: { ...PROFILE, ...knobs } } : {}),
  async observe(context, file, wanted, known) {
    const { positions, locked = [], held = false } = await deviceIn(context, file);
    if (held && known) return { ...known, held };
    const every = wanted?.others === undefined ? {} : positions;
    const names = Object.keys({ ...every, ...wanted?.knobs, ...known?.knobs }).filter((name) => name in positions);
    const shown = names.map((name) => [name, positions[name] ?? 0]);
    return { file, knobs: Object.fromEntries(shown), available: Object.keys(positions), locked, held };
  },
  resolve({ available }, wanted) {
    const { others } = wanted;
    if (typeof others !== "number") return wanted;
    return { ...wanted, knobs: { ...Object.fromEntries(available.map((name) => [name, others])), ...wanted.knobs } };
  },
  judge({ available, locked }, { knobs: wanted }) {
    const missing = Object.keys(wanted).filter((name) => !available.includes(name));
    const waiting = Object.keys(wanted).filter((name) => locked.includes(name));
    return {
      refusals: missing.map((name) => ({ path: `knobs.${name}`, message: "The device has no such knob." })),
      warnings: waiting.map((name) => `${name} is locked`),
      beyond: waiting.map((name) => `knobs.${name}`),
    };
  },
  async apply(context, target, _observed, changes) {
    const device = await deviceIn(context, target.file);
    const turned = changes.map(({ keys }) => String(keys[1])).filter((name) => name in target.knobs);
    const positions = Object.fromEntries(turned.map((name) => [name, target.knobs[name]]));
    const content = JSON.stringify({ ...device, positions: { ...device.positions, ...positions } });
    if (device.stuck) {
      const half = JSON.stringify({ ...device, positions: { ...device.positions, gain: 5 } });
      await writeFile(context.machine.reach, { path: target.file, content: half }, during(context, "turn knobs"));
      throw new Error("it is stuck");
    }
    await writeFile(context.machine.reach, { path: target.file, content }, during(context, "turn knobs"));
  },
  destroy: () => Promise.resolve(),
};

async function deviceIn(context: ResourceContext, file: string): Promise<Device> {
  const found = await readFile(context.machine.reach, file, during(context, `read ${file}`));
  if (!found) throw new Error(`${file} is not there`);
  return JSON.parse(found.content.toString());
}

const during = ({ signal }: ResourceContext, name: string) => ({ signal, timeoutMs: 30_000, name });
