import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { renderDomain } from "../core/domain/domain-xml";
import { ncclConf } from "../core/nccl/environment";
import { gpuNicPaths } from "../core/nccl/path-classes";
import { plannedEnvironment } from "../core/nccl/planned-environment";
import { type GuestPlan, planGuest } from "../core/plan/plan-guest";
import { guestRequest } from "../core/plan/request";
import { type Problem, Refusal } from "../core/problems";
import type { HostTopology } from "../core/topology/model";
import { readHost } from "../core/topology/read-host";
import { zodProblems } from "../core/zod-problems";

/** What is printed of a plan; `defaults` are told with the plan's own, `paths` are those that a topology file gives. */
interface Printed {
  readonly text: string;
  readonly defaults?: readonly string[];
  readonly paths?: string | undefined;
}

/** By the name of --out. */
const FORMATS: Record<string, (host: HostTopology, plan: GuestPlan) => Printed> = {
  "domain-xml": (_, { domain }) => ({ text: renderDomain(domain) }),
  "nccl-xml": (_, { ncclTopology }) => ({ text: ncclTopology, paths: gpuNicPaths(ncclTopology) }),
  "nccl-env": (host, plan) => {
    const { environment, defaults } = plannedEnvironment(host, plan);
    return { text: ncclConf(environment), defaults };
  },
  json: (_, plan) => ({ text: `${JSON.stringify(plan, null, 2)}\n` }),
};

export const PLAN_USAGE = `gpudirect plan HOST [options]     plan a guest; HOST is a host file or an NCCL topology XML
  --gpus all|N|ADDR,...          GPUs (all)
  --nics paired|all|N|ADDR,...   NICs (paired: those that share a switch with a chosen GPU)
  --devices ADDR,...             further functions, such as NVMe disks
  --cpus N  --memory GIB         sizes in all, spread over the guest's NUMA cells
  --hugepages 1GiB|2MiB|none     page size that backs the memory (1GiB)
  --firmware uefi|bios           firmware (uefi)
  --machine q35                  machine type (q35)
  --name NAME                    name of the domain (gpu-vm)
  --rehearse                     emulated endpoints in place of the devices
  --out domain-xml|json          what to print (domain-xml)
        nccl-xml|nccl-env        NCCL's topology file; NCCL's variables as /etc/nccl.conf takes them, with
                                 CUDA_VISIBLE_DEVICES`;

const OPTIONS = {
  gpus: { type: "string" },
  nics: { type: "string" },
  devices: { type: "string" },
  cpus: { type: "string" },
  memory: { type: "string" },
  hugepages: { type: "string" },
  firmware: { type: "string" },
  machine: { type: "string" },
  name: { type: "string", default: "gpu-vm" },
  rehearse: { type: "boolean", default: false },
  out: { type: "string", default: "domain-xml" },
} as const;
type Values = { [K in keyof typeof OPTIONS]?: string | boolean | undefined };

/** Prints the plan on standard output, alone; defaults, warnings and what was not checked go to standard error. */
export async function plan(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(`${PLAN_USAGE}\n`);
    return 0;
  }
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [path, ...more] = positionals;
  const problems: Problem[] = [];
  if (path === undefined)
    problems.push({ path: "HOST", message: "is missing; give a host file or an NCCL topology XML" });
  if (more.length > 0) problems.push({ path: "HOST", message: `is one file, but ${positionals.length} are given` });
  const format = Object.hasOwn(FORMATS, values.out) ? FORMATS[values.out] : undefined;
  if (!format) problems.push({ path: "--out", message: `must be ${Object.keys(FORMATS).join(" or ")}` });
  const request = guestRequest.safeParse(requestOf(values));
  if (!request.success) problems.push(...zodProblems(request.error).map(asOption));
  if (problems.length > 0 || path === undefined || !request.success || !format) throw new Refusal(problems);

  const host = readHost(await readText(path), path);
  const result = planGuest(host, request.data);
  const { text, defaults = [], paths } = format(host, result);
  for (const line of [...result.defaults, ...defaults]) process.stderr.write(`default: ${line}\n`);
  for (const line of result.warnings) process.stderr.write(`warning: ${line}\n`);
  for (const line of result.notChecked) process.stderr.write(`not checked: ${line}\n`);
  for (const line of result.omitted) process.stderr.write(`left out of the rehearsal: ${line}\n`);
  if (paths !== undefined) process.stderr.write(`paths GPU-NIC: ${paths}\n`);
  process.stdout.write(text);
  return 0;
}

function requestOf(values: Values): Record<string, unknown> {
  const request: Record<string, unknown> = {
    name: values.name,
    machine: values.machine,
    gpus: devices(values.gpus),
    nics: devices(values.nics),
    devices: values.devices === undefined ? undefined : String(values.devices).split(","),
    cpus: number(values.cpus),
    memoryGiB: number(values.memory),
    hugepages: values.hugepages,
    firmware: values.firmware,
    rehearse: values.rehearse,
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined));
}

/** `all` and `paired` stay, digits are a number, anything else a list of addresses. */
function devices(value: Values[keyof Values]): unknown {
  if (typeof value !== "string" || value === "all" || value === "paired") return value;
  return /^\d+$/.test(value) ? Number(value) : value.split(",");
}

const number = (value: Values[keyof Values]): unknown =>
  value === undefined ? undefined : /^\d+(\.\d+)?$/.test(String(value)) ? Number(value) : value;

const asOption = ({ path, message }: Problem): Problem => ({
  path: `--${path.replace(/^memoryGiB/, "memory")}`,
  message,
});

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message;
    throw new Refusal([{ path: "HOST", message: `${path}: ${reason}; give a readable file` }]);
  }
}
