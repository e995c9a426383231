import { existsSync } from "node:fs";
import { Refusal } from "../../core/problems";
import type { ResetType } from "../bmc/managed-system";
import { type HostDirectory, hostDirectory } from "../host/host-directory";
import type { HostStatus } from "../host/host-status";
import { createHost, type HostChoices, type LabParts } from "./create-host";
import { ask, noKeeper } from "./keeper-client";
import { removeHost } from "./remove-host";
import { type CommandResult, runBySsh } from "./ssh";
import { startKeeper } from "./start-keeper";
import { waitUntilUp } from "./wait-until-up";

/** A keeper answers this at once, whatever else it does; on a machine with much other work it may not be at once. */
const STATUS_LIMIT_MS = 60_000;

/** A lab host, as commands and tests drive it: everything goes through its keeper. */
export class LabHost {
  readonly directory: HostDirectory;

  private constructor(readonly name: string) {
    this.directory = hostDirectory(name);
  }

  /** A host that is there. @throws Refusal where there is none of this name */
  static named(name: string): LabHost {
    const host = new LabHost(name);
    if (!existsSync(host.directory.spec)) throw host.#missing();
    return host;
  }

  /** A host that is there, whole or what an interrupted command made of it. @throws Refusal where there is none */
  static remains(name: string): LabHost {
    const host = new LabHost(name);
    if (!existsSync(host.directory.path)) throw host.#missing();
    return host;
  }

  /** Makes a host and switches it on; its operating system still boots. */
  static async create(name: string, choices: HostChoices, parts: LabParts): Promise<LabHost> {
    const host = new LabHost(name);
    await createHost(host.directory, name, choices, parts);
    try {
      await host.switchOn();
    } catch (error) {
      await host.down();
      throw error;
    }
    return host;
  }

  static exists(name: string): boolean {
    return existsSync(hostDirectory(name).spec);
  }

  #missing(): Refusal {
    const message = `there is no lab host ${this.name}; "npm run lab -- up ${this.name}" makes one`;
    return new Refusal([{ path: "name", message }]);
  }

  /** Starts the keeper where none runs, and the machine where it is off. */
  async switchOn(): Promise<void> {
    try {
      await this.status();
    } catch (error) {
      if (!noKeeper(error)) throw error;
      await startKeeper(this.directory, this.name);
    }
    await this.reset("On");
  }

  async status(): Promise<HostStatus> {
    return (await ask(this.directory.sockets.control, "status", {}, STATUS_LIMIT_MS)) as HostStatus;
  }

  /** Power, as the BMC would switch it; resolves when the hardware obeyed. */
  async reset(type: ResetType): Promise<void> {
    await ask(this.directory.sockets.control, "reset", { type });
  }

  /** Waits until a command runs by SSH. */
  async up(limitMs?: number): Promise<void> {
    await waitUntilUp(() => this.status(), limitMs);
  }

  /** Does what makes the machine start anew, and waits until that start answers by SSH. */
  async nextBoot(trigger: () => Promise<unknown>, limitMs?: number): Promise<void> {
    const { starts } = await this.status();
    await trigger();
    await waitUntilUp(async () => {
      const status = await this.status();
      return status.starts > starts ? status : { ...status, power: "PoweringOn" };
    }, limitMs);
  }

  async snapshot(snapshot: string): Promise<void> {
    await ask(this.directory.sockets.control, "snapshot", { snapshot });
  }

  async restore(snapshot: string): Promise<void> {
    await ask(this.directory.sockets.control, "restore", { snapshot });
  }

  /** What was broken, in a line. */
  async fault(kind: string, options: Record<string, unknown> = {}): Promise<string> {
    return (await ask(this.directory.sockets.control, "fault", { kind, options })) as string;
  }

  async clearFaults(): Promise<string> {
    return (await ask(this.directory.sockets.control, "clearFaults")) as string;
  }

  /** Runs a command as root by SSH, whatever its status. */
  async tryRun(command: string, input?: string): Promise<CommandResult> {
    return runBySsh(this.directory.sshConfig, this.name, command, input);
  }

  /** Standard output of a command as root by SSH. @throws Error with what it wrote where it fails */
  async run(command: string, input?: string): Promise<string> {
    const { status, stdout, stderr } = await this.tryRun(command, input);
    if (status === 0) return stdout;
    throw new Error(`in ${this.name}, status ${status}: ${command}\n${stdout}${stderr}`);
  }

  /** Ends the host and removes everything of it. */
  async down(): Promise<void> {
    await removeHost(this.directory);
  }
}
