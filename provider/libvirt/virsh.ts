import type { Reference, References } from "../../core/domain/references";
import type { WorkContext } from "../protocol/definition";
import type { MachineView } from "../reach/machine";
import { ReachError } from "../reach/reach";
import { type DomainOnHost, type DomainState, parseLookUp, parseRead, parseState, reasonOf } from "./read";
import { inVirsh, lookUp, NO_VIRSH, read, STATE } from "./scripts";

/** libvirt answers at once or is probing QEMU, which takes up to minutes on a slow machine. */
const ANSWER_MS = 300_000;

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

/** libvirt on a machine, by the virsh that is there. */
export class Virsh {
  constructor(private readonly machine: Pick<MachineView, "reach" | "libvirtUri">) {}

  /**
   * Reads a domain in one round trip, with what ids stand for; undefined when libvirt answers and has no such domain.
   */
  async read(
    context: WorkContext,
    name: string,
    references: readonly Reference[] = [],
  ): Promise<DomainOnHost | undefined> {
    return parseRead(await this.run(context, `read domain ${name}`, name, read(references)), references);
  }

  /** Looks up what ids in the document of a domain stand for, in one round trip; none where there are no ids. */
  async lookUp(context: WorkContext, name: string, references: readonly Reference[]): Promise<References> {
    if (references.length === 0) return new Map();
    const task = `look up the volumes and networks of domain ${name}`;
    return parseLookUp(await this.run(context, task, name, lookUp(references)), references);
  }

  /** The domain's state alone, in one round trip; undefined when libvirt answers and has no such domain. */
  async state(context: WorkContext, name: string): Promise<DomainState | undefined> {
    return parseState(await this.run(context, `look whether domain ${name} runs`, name, STATE));
  }

  /** Defines or redefines. A rejected XML leaves what was there. */
  async define(context: WorkContext, name: string, xml: string): Promise<void> {
    // Standard input may be a socket (sshd makes one), and a socket cannot be opened as /dev/stdin; a pipe can.
    await this.run(context, `define domain ${name}`, name, "cat | v define /dev/stdin", xml);
  }

  async start(context: WorkContext, name: string): Promise<void> {
    await this.run(context, `start domain ${name}`, name, 'v start -- "$name"');
  }

  /** Asks the guest to shut down: by its agent where that answers, else by the ACPI power button. */
  async shutdown(context: WorkContext, name: string): Promise<void> {
    await this.run(context, `shut down domain ${name}`, name, 'v shutdown --mode agent,acpi -- "$name"');
  }

  async powerOff(context: WorkContext, name: string): Promise<void> {
    await this.run(context, `power off domain ${name}`, name, 'v destroy -- "$name"');
  }

  async undefine(context: WorkContext, name: string): Promise<void> {
    await this.run(context, `undefine domain ${name}`, name, 'v undefine --nvram --managed-save -- "$name"');
  }

  private async run(context: WorkContext, task: string, name: string, body: string, input?: string): Promise<string> {
    const { reach, libvirtUri } = this.machine;
    const options = { signal: context.signal, timeoutMs: ANSWER_MS, name: task };
    const script = inVirsh({ name, libvirtUri }, body);
    const result = await reach.run(script, input === undefined ? options : { ...options, input });
    if (result.exitCode === NO_VIRSH) {
      const reason = "there is no program virsh; install libvirt's client programs, or put them on PATH";
      throw new ReachError(reach.machine, task, "start", reason);
    }
    if (result.exitCode !== 0) throw new LibvirtError(reach.machine, task, reasonOf(result.stderr));
    return result.stdout.toString();
  }
}
