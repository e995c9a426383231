import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { ResourceDefinition } from "../../../provider/protocol/definition";

/** The "machine" of the protocol tests: a resource whose settings are a JSON file. */

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
  mode: z.enum(["plain", "refuse", "reject", "half", "hang", "unverified", "stubborn", "crash"]).default("plain"),
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
  inputs,
  outputs,
  replaceOn: ["file"],
  kept: ["mode", "proof"],
  assigned: ["limits.memory"],
  checkNeeds: ["size", "limits"],
  check(wanted) {
    if (wanted.mode === "crash") throw new TypeError("cannot read properties of undefined");
    const cpu = wanted.limits?.cpu ?? 0;
    return cpu > wanted.size ? [{ path: "limits.cpu", message: "There are not that many." }] : [];
  },
  id: (wanted) => `local/settings/${wanted.file}`,
  async observe(context, id) {
    const file = id.replace("local/settings/", "");
    if (file.includes("unreachable")) throw new Error("the machine cannot be reached");
    if (file.includes("slow")) await pause(context.signal);
    return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  },
  refuseTakeover: (_context, observed) =>
    observed.owner === "foreign" ? "settings of that name belong to somebody else" : undefined,
  async apply(context, target, observed, changes) {
    const { mode, file, ...values } = target;
    appendFileSync(`${file}.writes`, `${changes.map((change) => change.path).join(",")}\n`);
    context.status(`writing ${file}`);
    if (mode === "reject") throw new Error(`the machine rejects it: ${target.password ?? ""}`);
    const written = { ...values, file, serial: observed?.serial ?? "s-1", checksum: JSON.stringify(values).length };
    if (mode === "half") {
      save(file, { ...written, size: 1 });
      throw new Error("the power went");
    }
    if (mode === "hang") {
      save(file, written);
      await pause(context.signal);
    }
    save(file, mode === "stubborn" ? { ...written, size: 99 } : written);
    context.warn("written");
  },
  async verify(_context, observed) {
    const problems = observed.mode === "unverified" ? ["0000:17:00.0 is not there"] : [];
    return { outputs: { proof: `seen ${observed.size}` }, problems };
  },
  async destroy(_context, id) {
    rmSync(id.replace("local/settings/", ""), { force: true });
  },
  previewNeeds: ["size"],
  preview: (target, observed) => ({
    proof: `seen ${JSON.stringify(target.size)}`,
    ...(observed ? { serial: observed.serial } : {}),
  }),
};

function save(file: string, value: object) {
  writeFileSync(`${file}.tmp`, JSON.stringify(value));
  renameSync(`${file}.tmp`, file);
}

/** Waits for ever, or until it is told to stop. */
function pause(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setInterval(() => undefined, 1000);
    signal.addEventListener("abort", () => {
      clearInterval(timer);
      reject(new Error("interrupted while waiting"));
    });
  });
}
