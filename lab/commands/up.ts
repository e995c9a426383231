import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Problem, Refusal } from "../../core/problems";
import { parseHostFile } from "../../core/topology/host-file";
import { FLAVOUR_NAMES } from "../bmc/flavours";
import { chooseAccelerator } from "../client/accelerator";
import { type HostChoices, labParts } from "../client/create-host";
import { LabHost } from "../client/lab-host";
import { readArguments } from "./arguments";
import { type Command, DEFAULT_NAME } from "./command";
import { showing } from "./progress";
import { describeHost } from "./status";

const HOSTS = join(__dirname, "..", "hosts");
/** Host files that come with the lab. */
const KNOWN_HOSTS = ["h100", "a100", "nested-switches"];
const DEFAULTS = { memory: "6144", cpus: "4", host: "h100", flavour: "ami" };
const [MIN_MEMORY_MIB, MAX_MEMORY_MIB, MAX_CPUS] = [1024, 1024 * 1024, 64];
const [KEEPER_SECONDS, BOOT_SECONDS] = [5, 60];

const OPTIONS = {
  host: { type: "string", default: DEFAULTS.host },
  flavour: { type: "string", default: DEFAULTS.flavour },
  memory: { type: "string", default: DEFAULTS.memory },
  cpus: { type: "string", default: DEFAULTS.cpus },
  "ssh-port": { type: "string" },
  "bmc-port": { type: "string" },
  "no-wait": { type: "boolean", default: false },
} as const;

export const up: Command = {
  usage: `up [NAME] [--host FILE|${KNOWN_HOSTS.join("|")}] [--flavour ${FLAVOUR_NAMES.join("|")}] [--memory MIB] [--cpus N] [--ssh-port N] [--bmc-port N] [--no-wait]`,
  says: "makes a host and starts it, or starts one that is there; waits until it answers by SSH",
  async run(args) {
    const { values, words } = readArguments(args, OPTIONS, 1);
    const name = words[0] ?? DEFAULT_NAME;
    let host: LabHost;
    if (LabHost.exists(name)) {
      host = LabHost.named(name);
      process.stderr.write(`  ${name} is there already: it starts as it was made, whatever the options say\n`);
      await showing(`starting ${name}`, KEEPER_SECONDS, host.switchOn());
    } else {
      const choices = await readChoices(values);
      host = await showing(`making ${name}`, KEEPER_SECONDS, LabHost.create(name, choices, labParts()));
    }
    if (!values["no-wait"]) await showing(`booting ${name}`, BOOT_SECONDS, host.up());
    process.stdout.write(describeHost(await host.status()));
    return 0;
  },
};

type Values = ReturnType<typeof readArguments<typeof OPTIONS>>["values"];

/** @throws Refusal with everything that is wrong */
async function readChoices(values: Values): Promise<HostChoices> {
  const problems: Problem[] = [];
  const whole = (option: "memory" | "cpus" | "ssh-port" | "bmc-port", min: number, max: number): number => {
    const number = Number(values[option]);
    if (!Number.isInteger(number) || number < min || number > max) {
      problems.push({ path: `--${option}`, message: `must be a whole number from ${min} to ${max}` });
    }
    return number;
  };
  const flavour = FLAVOUR_NAMES.find((known) => known === values.flavour);
  if (!flavour) {
    problems.push({ path: "--flavour", message: `must be one of ${FLAVOUR_NAMES.join(", ")}` });
  }
  const memoryMiB = whole("memory", MIN_MEMORY_MIB, MAX_MEMORY_MIB);
  const cpus = whole("cpus", 1, MAX_CPUS);
  const ports = {
    ...(values["ssh-port"] !== undefined && { sshPort: whole("ssh-port", 1, 65_535) }),
    ...(values["bmc-port"] !== undefined && { bmcPort: whole("bmc-port", 1, 65_535) }),
  };
  const text = hostFileText(values.host, problems);
  if (!flavour || problems.length > 0) throw new Refusal(problems);
  const topology = parseHostFile(text);
  const accelerator = await chooseAccelerator(join(labParts().image, "vmlinuz"));
  return { topology, flavour, memoryMiB, cpus, accelerator, ...ports };
}

function hostFileText(given: string, problems: Problem[]): string {
  const file = KNOWN_HOSTS.includes(given)
    ? join(HOSTS, `${given}.host.json`)
    : resolve(process.env.GPUDIRECT_LAB_CALLER ?? ".", given);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `${file} cannot be read (${code}); give a host file, or one of ${KNOWN_HOSTS.join(", ")}`;
    problems.push({ path: "--host", message });
    return "";
  }
}
