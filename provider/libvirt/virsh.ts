import type { WorkContext } from "../protocol/definition";
import type { Reach } from "../reach/reach";

/** libvirt answers at once or is probing QEMU, which takes up to minutes on a slow machine. */
const ANSWER_MS = 300_000;

export type DomainState = "running" | "paused" | "shut off";

/** What libvirt holds of a domain. */
export interface DomainOnHost {
  /** Persistent definition, as `virsh dumpxml --inactive` prints it. */
  readonly xml: string;
  /** Definition of the running guest, where it runs. */
  readonly liveXml: string | undefined;
  readonly state: DomainState;
}

/** A libvirt that refused: carries its own words. */
export class LibvirtError extends Error {
  constructor(
    readonly machine: string,
    readonly task: string,
    readonly reason: string,
  ) {
    super(`${machine}: ${task}: libvirt says: ${reason}`);
    this.name = "LibvirtError";
  }
}

/** libvirt on a machine, by virsh. `LIBVIRT_DEFAULT_URI` decides the connection, the system's daemon by default. */
export class Virsh {
  constructor(private readonly reach: Reach) {}

  /** Reads a domain in one round trip; undefined when libvirt answers and has no such domain. */
  async read(context: WorkContext, name: string): Promise<DomainOnHost | undefined> {
    const task = `read domain ${name}`;
    const result = await this.reach.run(readScript(name), { signal: context.signal, timeoutMs: ANSWER_MS, name: task });
    const [listed = "", xml = "", state = "", liveXml = ""] = result.stdout.toString().split(`${SECTION}\n`);
    if (result.exitCode !== 0) throw new LibvirtError(this.reach.machine, task, reasonOf(result.stderr));
    if (!listed.split("\n").includes(name)) return undefined;
    const shown = state.trim();
    return {
      xml,
      liveXml: liveXml.trim() === "" ? undefined : liveXml,
      state: shown === "running" || shown === "idle" ? "running" : shown === "paused" ? "paused" : "shut off",
    };
  }

  /** Defines or redefines. A rejected XML leaves what was there. */
  async define(context: WorkContext, name: string, xml: string): Promise<void> {
    await this.run(context, `define domain ${name}`, ["define", "/dev/stdin"], xml);
  }

  async start(context: WorkContext, name: string): Promise<void> {
    await this.run(context, `start domain ${name}`, ["start", name]);
  }

  /** Asks the guest to shut down: by its agent where that answers, else by the ACPI power button. */
  async shutdown(context: WorkContext, name: string): Promise<void> {
    await this.run(context, `shut down domain ${name}`, ["shutdown", name, "--mode", "agent,acpi"]);
  }

  async powerOff(context: WorkContext, name: string): Promise<void> {
    await this.run(context, `power off domain ${name}`, ["destroy", name]);
  }

  async undefine(context: WorkContext, name: string): Promise<void> {
    await this.run(context, `undefine domain ${name}`, ["undefine", name, "--nvram", "--managed-save"]);
  }

  /** Sends a QEMU guest agent command and returns its answer; throws while no agent answers. */
  async agentCommand(context: WorkContext, name: string, command: object, seconds: number): Promise<unknown> {
    const task = `ask the guest agent of ${name}`;
    const argv = ["qemu-agent-command", name, "--timeout", String(seconds), JSON.stringify(command)];
    const answer: unknown = JSON.parse(await this.run(context, task, argv));
    return (answer as { return: unknown }).return;
  }

  private async run(context: WorkContext, task: string, args: string[], input?: string): Promise<string> {
    const options = { signal: context.signal, timeoutMs: ANSWER_MS, name: task };
    const argv = ["virsh", ...connection(), "-q", ...args] as [string, ...string[]];
    const result = await this.reach.runProgram(argv, input === undefined ? options : { ...options, input });
    if (result.exitCode !== 0) throw new LibvirtError(this.reach.machine, task, reasonOf(result.stderr));
    return result.stdout.toString();
  }
}

const connection = (): string[] => (process.env.LIBVIRT_DEFAULT_URI ? [] : ["-c", "qemu:///system"]);

const SECTION = "### gpudirect";

/** A name may come from an imported id, which nothing has checked: it is quoted for the shell, and no option. */
function readScript(name: string): string {
  const virsh = `virsh ${connection().join(" ")} -q`;
  return `
name='${name.replace(/'/g, "'\\''")}'
domains=$(${virsh} list --all --name) || exit 1
echo "$domains"
echo "$domains" | grep -qxF -- "$name" || exit 0
echo '${SECTION}'
${virsh} dumpxml --inactive --security-info -- "$name" || exit 1
echo '${SECTION}'
state=$(${virsh} domstate -- "$name") || exit 1
echo "$state"
echo '${SECTION}'
[ "$state" = 'shut off' ] || ${virsh} dumpxml -- "$name" || exit 1
`;
}

/** virsh prints `error: WHAT` and `error: WHY`; the last line is the reason. */
function reasonOf(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(/^error: /, "").trim());
  return lines.filter((line) => line !== "").join(": ") || "nothing";
}
