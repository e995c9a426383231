import { readFileSync } from "node:fs";
import { z } from "zod";
import { Refusal } from "../../core/problems";
import type { HostTopology } from "../../core/topology/model";
import { zodProblems } from "../../core/zod-problems";
import { FLAVOUR_NAMES, type FlavourName } from "../bmc/flavours";
import { jsonObject } from "./json-line";
import { writeAtomically } from "./write-atomically";

/** What a lab host is made from, chosen once at `up`. */
export interface HostSpec {
  readonly name: string;
  readonly topology: HostTopology;
  /** Whose BMC and BIOS it has. */
  readonly flavour: FlavourName;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly accelerator: "tcg" | "kvm";
  readonly sshPort: number;
  readonly bmcPort: number;
  /** Disk image below the host's own disk. */
  readonly image: string;
  /** Library that QEMU is started with for server hardware's registers. */
  readonly registerLibrary: string;
  /** Parameters of the NICs' firmware. */
  readonly parameterTable: string;
  readonly uuid: string;
  readonly serialNumber: string;
}

/** What is checked of a file that the lab itself wrote: enough to tell a damaged one from a whole one. */
const SPEC = z.looseObject({
  name: z.string(),
  topology: z.looseObject({ pciRoots: z.array(z.unknown()) }),
  flavour: z.enum(FLAVOUR_NAMES),
  memoryMiB: z.int(),
  cpus: z.int(),
  accelerator: z.enum(["tcg", "kvm"]),
  sshPort: z.int(),
  bmcPort: z.int(),
  image: z.string(),
  registerLibrary: z.string(),
  parameterTable: z.string(),
  uuid: z.string(),
  serialNumber: z.string(),
});

/** @throws Refusal where the file is damaged */
export function readSpec(path: string): HostSpec {
  const text = readFileSync(path, "utf8");
  const damaged = (what: string): Refusal => {
    const message = `is damaged (${what}); remove the host with "npm run lab -- down" and its name, and make it anew`;
    return new Refusal([{ path, message }]);
  };
  const spec = jsonObject(text);
  if (!spec) throw damaged("no JSON");
  const checked = SPEC.safeParse(spec);
  if (checked.success) return spec as unknown as HostSpec;
  throw damaged(
    zodProblems(checked.error)
      .map(({ path: at, message }) => `${at}: ${message}`)
      .join(", "),
  );
}

export function writeSpec(path: string, spec: HostSpec): void {
  writeAtomically(path, `${JSON.stringify(spec, undefined, 1)}\n`);
}
