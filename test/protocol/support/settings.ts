import { z } from "zod";
import type { ResourceContext, ResourceDefinition } from "../../../provider/protocol/definition";
import { readFile, removeFile, writeFile } from "../../../provider/reach/files";

/** A small resource of settings: a JSON file on the machine, whose path is its key. Keeps what was there before. */

const disk = z
  .strictObject({ sizeGiB: z.int().min(1).describe("Size in GiB"), bus: z.enum(["virtio", "scsi"]).default("virtio") })
  .meta({ id: "Disk", description: "A disk" });

const shape = {
  file: z
    .string()
    .regex(/^\/.+\.json$/, "must be an absolute path ending in .json")
    .describe("Where the settings are"),
  size: z.int().min(1).max(100).describe("A number"),
  owner: z.string().default("root").describe("Who owns it"),
  labels: z.record(z.string().regex(/^[a-z0-9:.-]+$/, "must be lower case"), z.string()).optional(),
  disks: z.record(z.string(), disk).optional().describe("Disks by name"),
  limits: z.strictObject({ cpu: z.number(), memory: z.number().optional() }).optional(),
  password: z.string().meta({ secret: true }).optional().describe("A secret"),
  numbers: z.array(z.number()).optional(),
  amount: z.union([z.literal("all"), z.int(), z.array(z.string())]).optional(),
};

const inputs = z.strictObject({
  ...shape,
  mode: z.enum(["plain", "reject", "half", "hang", "unverified", "stubborn", "crash"]).default("plain"),
});
const outputs = z.strictObject({
  ...shape,
  mode: z.string(),
  serial: z.string().describe("Made by the machine"),
  checksum: z.int(),
  proof: z.string(),
});

export type Inputs = z.infer<typeof inputs>;
export type Outputs = z.infer<typeof outputs>;

export const settings: ResourceDefinition<Inputs, Outputs> = {
  token: "test:index:Settings",
  description: "Settings in a file",
  kind: "settings",
  inputs,
  outputs,
  key: ({ file }) => file,
  replaceOn: ["file"],
  kept: ["mode", "proof"],
  assigned: ["limits.memory"],
  checkNeeds: ["size", "limits"],
  check(wanted) {
    if (wanted.mode === "crash") throw new TypeError("cannot read properties of undefined");
    const cpu = wanted.limits?.cpu ?? 0;
    return cpu > wanted.size ? [{ path: "limits.cpu", message: "There are not that many." }] : [];
  },
  async observe(context, file) {
    if (file.includes("unreachable")) throw new Error("the machine cannot be reached");
    if (file.includes("slow")) await pause(context.signal);
    const found = await readFile(context.machine.reach, file, during(context, `read ${file}`));
    if (!found) return undefined;
    const values = JSON.parse(found.content.toString());
    return { owner: "root", serial: "s-0", ...values, file, checksum: JSON.stringify(values).length };
  },
  async apply(context, target, observed, changes) {
    const { mode, file, ...values } = target;
    context.status(`writing ${file}`);
    await note(context, `${file}.writes`, changes.map((change) => change.path).join(","));
    if (mode === "reject") throw new Error(`the machine rejects it: ${target.password ?? ""}`);
    const written = { ...pick(values), serial: observed?.serial ?? "s-1" };
    const save = (value: object) =>
      writeFile(
        context.machine.reach,
        { path: file, content: JSON.stringify(value) },
        during(context, `write ${file}`),
      );
    if (mode === "half") {
      await save({ ...written, size: 1 });
      throw new Error("the power went");
    }
    await save(mode === "stubborn" ? { ...written, size: 99 } : written);
    if (mode === "hang") {
      context.status("hanging");
      await pause(context.signal);
    }
    context.warn("written");
  },
  async verify(_context, observed) {
    const problems = observed.mode === "unverified" ? ["0000:17:00.0 is not there"] : [];
    return { outputs: { proof: `seen ${observed.size}` }, problems };
  },
  destroy: (context, file) => removeFile(context.machine.reach, file, during(context, `remove ${file}`)),
  previewNeeds: ["size"],
  preview: (target, observed) => ({
    proof: `seen ${JSON.stringify(target.size)}`,
    ...(observed ? { serial: observed.serial } : {}),
  }),
};

/** The values of the file: what says how to work is not among them. */
const pick = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([key]) => key in shape && key !== "file"));

const during = ({ signal }: ResourceContext, name: string) => ({ signal, timeoutMs: 30_000, name });

/** Adds a line to a file, so that tests can count the writes. */
async function note(context: ResourceContext, file: string, line: string): Promise<void> {
  const { reach } = context.machine;
  const options = { ...during(context, `note ${file}`), input: `${line}\n` };
  await reach.run(`cat >> '${file}'`, options);
}

/** Waits for ever, or until it is told to stop. */
function pause(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setInterval(() => undefined, 1000);
    const stop = () => {
      clearInterval(timer);
      reject(new Error("interrupted while waiting"));
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
  });
}
