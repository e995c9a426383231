import { existsSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { Refusal } from "../../core/problems";
import { Bmc } from "../bmc/bmc";
import type { ManagedSystem, PowerState, ResetType, SystemIdentity } from "../bmc/managed-system";
import { type HardwareFaults, mend, noFaults } from "../faults/hardware-faults";
import type { Hardware } from "../hardware/hardware";
import type { HostDirectory } from "../host/host-directory";
import type { HostSpec } from "../host/host-spec";
import { writeAtomically } from "../host/write-atomically";
import { simulatedAddresses } from "../machine/deal-addresses";
import { machineArguments } from "../machine/machine-arguments";
import type { MachinePlan } from "../machine/machine-plan";
import { planMachine } from "../machine/plan-machine";
import { serveFirmwarePort } from "../nic/firmware-port";
import type { NicFirmware } from "../nic/nic-firmware";
import { registerEnvironment } from "../registers/environment";
import { createLiveFaults, writeLiveFaults } from "../registers/live-faults";
import { registerRules } from "../registers/register-rules";
import { keeperArguments } from "./command-line";
import { freePort } from "./free-port";
import { type MachineEnd, MachineProcess } from "./machine-process";
import { checkParts } from "./missing-parts";
import { openNics } from "./nics";
import { OneAtATime } from "./one-at-a-time";
import { pause } from "./pause";
import { SshRelay } from "./ssh-relay";

export type StartKind = "reset" | "powerCycle";

/** An operating system that has not switched itself off by then does so for a reason of its own: no restart follows. */
const GRACEFUL_RESTART_LIMIT_MS = 600_000;

/** One simulated host: its power, wired to a QEMU process, with the firmware that shapes each start. */
export class SimulatedHost implements ManagedSystem {
  readonly identity: SystemIdentity;
  /** What is broken on purpose at the next start, and at every one until it is mended. */
  readonly faults: HardwareFaults = noFaults();
  /** Domains that a fault started in the host, as if somebody else had. */
  readonly foreignDomains = new Set<string>();
  /** Whether a fault has changed the operating system since it was last put right. */
  systemDisturbed = false;
  /** Starts of the machine so far, warm ones too. */
  starts = 0;
  /** The cards' firmware, which knows its functions by their addresses of this start. */
  nics: NicFirmware;
  #addresses: ReadonlyMap<string, string>;
  #power: PowerState = "Off";
  #machine: MachineProcess | undefined;
  #firmwareSocket: Socket | undefined;
  /** What a fault took away or slowed is so until the next start, whatever was mended since. */
  #brokenAtStart = false;
  /** Until when a power-off by the operating system is the first half of a restart (performance.now). */
  #restartsUntil = 0;
  /** Aborted by whatever is to stop the machine: starts asked for before do not happen, or end their waiting. */
  #superseded = new AbortController();
  #closed = false;
  readonly #turn = new OneAtATime();

  private constructor(
    readonly spec: HostSpec,
    readonly directory: HostDirectory,
    readonly plan: MachinePlan,
    readonly relay: SshRelay,
    readonly log: (line: string) => void,
  ) {
    this.identity = identityOf(spec);
    this.#addresses = plan.addresses;
    this.nics = openNics(spec, plan.addresses, directory.nics, log);
  }

  #bmc: Bmc | undefined;
  get bmc(): Bmc {
    if (!this.#bmc) throw new Error("the BMC has not started");
    return this.#bmc;
  }

  static async open(spec: HostSpec, directory: HostDirectory, log: (line: string) => void): Promise<SimulatedHost> {
    checkParts(spec);
    const plan = planMachine(spec.topology);
    const relay = await SshRelay.listen(spec.sshPort).catch(portTaken("SSH", spec.sshPort));
    try {
      const host = new SimulatedHost(spec, directory, plan, relay, log);
      host.#bmc = await Bmc.start({
        flavour: spec.flavour,
        stateDirectory: directory.bmc,
        system: host,
        port: spec.bmcPort,
        log,
      }).catch(portTaken("the BMC", spec.bmcPort));
      return host;
    } catch (error) {
      await relay.close();
      throw error;
    }
  }

  powerState(): PowerState {
    return this.#power;
  }

  /** Process of QEMU; 0 while there is none. */
  get machinePid(): number {
    return this.#machine?.pid ?? 0;
  }

  /** Whether a device of the machine, as it is or would start, is broken on purpose. */
  get hasBrokenDevices(): boolean {
    const { vanished, trained } = this.faults;
    return vanished.size > 0 || trained.size > 0 || (this.#machine !== undefined && this.#brokenAtStart);
  }

  /** The monitor of the running machine. @throws Error while it is off */
  get machine(): MachineProcess {
    if (!this.#machine) throw new Error(`${this.spec.name} is off; switch it on first`);
    return this.#machine;
  }

  async reset(type: ResetType): Promise<void> {
    this.log(`power: ${type}`);
    switch (type) {
      case "On":
      case "ForceOn":
        return this.powerOn();
      case "ForceOff":
        return this.powerOff();
      case "ForceRestart":
        return this.restart("reset");
      case "PowerCycle":
        return this.restart("powerCycle");
      case "PushPowerButton":
        return this.#machine ? this.#pressPowerButton(0) : this.powerOn();
      case "GracefulShutdown":
        return this.#pressPowerButton(0);
      case "GracefulRestart":
        return this.#pressPowerButton(GRACEFUL_RESTART_LIMIT_MS);
    }
  }

  powerOn(): Promise<void> {
    const { signal } = this.#superseded;
    return this.#turn.run(async () => {
      if (!this.#machine) await this.#boot("powerCycle", signal);
    });
  }

  /** At once, as when power is cut. */
  powerOff(): Promise<void> {
    this.#supersede();
    return this.#turn.run(() => this.#stop());
  }

  restart(kind: StartKind): Promise<void> {
    const signal = this.#supersede();
    return this.#turn.run(async () => {
      await this.#stop();
      await this.#boot(kind, signal);
    });
  }

  /** Does something with the machine stopped; then the machine goes on from a snapshot, where one is named. */
  whileStopped(task: () => Promise<void>, snapshot?: string): Promise<void> {
    this.#supersede();
    return this.#turn.run(async () => {
      await this.#stop();
      await task();
      if (snapshot !== undefined) await this.#start({ bootFrom: "None", snapshot });
    });
  }

  /** Runs something while nobody starts or stops the machine. */
  meanwhile<T>(task: () => Promise<T>): Promise<T> {
    return this.#turn.run(task);
  }

  /** Switches the host off for good. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.powerOff();
    await this.#bmc?.close();
    await this.relay.close();
  }

  /** Devices are whole, and where they are without a fault; their firmware is opened anew. */
  mendHardware(): void {
    mend(this.faults);
    this.#dealDevices();
  }

  hardware(): Hardware {
    return {
      bios: this.bmc.effects(),
      adapters: this.#adapters(),
      vanished: this.faults.vanished,
      trained: this.faults.trained,
    };
  }

  /** An operating system may obey at once, later or never. Without power, nobody notices the button. */
  async #pressPowerButton(restartWithinMs: number): Promise<void> {
    if (!this.#machine) return;
    this.#restartsUntil = performance.now() + restartWithinMs;
    await this.#machine.qmp.execute("system_powerdown");
  }

  #supersede(): AbortSignal {
    this.#superseded.abort();
    this.#superseded = new AbortController();
    return this.#superseded.signal;
  }

  async #boot(kind: StartKind, superseded: AbortSignal): Promise<void> {
    if (this.#closed) throw new Error(`${this.spec.name} is going down`);
    if (superseded.aborted) return;
    this.#power = "PoweringOn";
    try {
      const { bootOverride } = this.bmc.post(kind);
      this.#dealDevices();
      this.nics.reset(kind === "reset" ? "warm" : "cold");
      if (await this.#selfTestEnds(superseded)) {
        const hang = this.faults.hangingStarts > 0;
        if (hang) this.faults.hangingStarts--;
        await this.#start({ bootFrom: bootOverride, hang });
      }
    } finally {
      if (!this.#machine) this.#power = "Off";
    }
  }

  /** False where power was cut in the middle. */
  async #selfTestEnds(superseded: AbortSignal): Promise<boolean> {
    const { slowStartSeconds } = this.faults;
    if (slowStartSeconds === 0) return true;
    this.log(`start: waits ${slowStartSeconds} s, as asked for`);
    return pause(slowStartSeconds * 1000, superseded);
  }

  #dealDevices(): void {
    // A bridge that has vanished moves the buses behind it.
    const dealt = simulatedAddresses(this.plan, this.faults.vanished);
    // What is not there keeps the address that it would have.
    this.#addresses = new Map([...this.plan.addresses, ...dealt]);
    this.nics = openNics(this.spec, this.#addresses, this.directory.nics, this.log);
    this.nics.setAbsent(this.#absent());
  }

  async #start(choices: { bootFrom: string; hang?: boolean; snapshot?: string }): Promise<void> {
    const { spec, directory, plan } = this;
    checkParts(spec);
    const hardware = this.hardware();
    writeAtomically(directory.registerRules, registerRules(plan, hardware));
    createLiveFaults(directory.liveFaults, plan);
    this.showLiveFaults();
    const sshForward = await freePort();
    for (const socket of Object.values(directory.sockets)) {
      if (socket !== directory.sockets.control && existsSync(socket)) rmSync(socket);
    }
    const { accelerator, cpus, memoryMiB } = spec;
    const machine = await MachineProcess.start({
      args: [
        ...machineArguments(plan, hardware, { accelerator, cpus, memoryMiB }),
        ...keeperArguments(spec, directory, { hang: false, ...choices, sshForward }),
      ],
      env: registerEnvironment({
        library: spec.registerLibrary,
        rules: directory.registerRules,
        faults: directory.liveFaults,
      }),
      monitor: directory.sockets.monitor,
      log: directory.qemuLog,
    });
    this.#machine = machine;
    this.#brokenAtStart = hardware.vanished.size > 0 || hardware.trained.size > 0;
    void machine.ended
      .then((end) => this.#ended(machine, end))
      .catch((error: Error) => this.log(`power: ${error.message}`));
    this.#firmwareSocket = createConnection(directory.sockets.firmware);
    serveFirmwarePort(this.#firmwareSocket, this.nics, this.log);
    this.relay.target = sshForward;
    this.starts++;
    this.#power = "On";
    this.log(`power: on, start ${this.starts}${choices.snapshot ? ` from snapshot ${choices.snapshot}` : ""}`);
  }

  async #stop(): Promise<void> {
    const machine = this.#machine;
    this.#machine = undefined;
    if (machine) this.#power = "PoweringOff";
    this.#restartsUntil = 0;
    this.relay.target = undefined;
    this.#firmwareSocket?.destroy();
    await machine?.kill();
    this.#power = "Off";
  }

  /** The operating system reset the machine or switched it off, or QEMU died. */
  async #ended(machine: MachineProcess, end: MachineEnd): Promise<void> {
    if (machine.killed) return;
    const { signal } = this.#superseded;
    const again = end === "reset" || (end === "power-off" && performance.now() < this.#restartsUntil);
    await this.#turn.run(async () => {
      if (this.#machine !== machine) return;
      this.log(end === "died" ? "QEMU died" : `power: ${end} by the operating system`);
      await this.#stop();
      if (again) await this.#boot("reset", signal);
    });
  }

  /** Faults of the running machine, as they are now. */
  showLiveFaults(): void {
    // A host that never started has no such file; its first start makes it.
    if (existsSync(this.directory.liveFaults)) writeLiveFaults(this.directory.liveFaults, this.plan, this.faults.live);
    this.nics.setAbsent(this.#absent());
  }

  #adapters(): Hardware["adapters"] {
    const inFile = new Map([...this.#addresses].map(([address, simulated]) => [simulated, address]));
    return new Map(
      [...this.nics.effects()].map(([simulated, effects]) => [inFile.get(simulated) ?? simulated, effects]),
    );
  }

  /** Functions that no firmware program finds, as the simulated host would call them. */
  #absent(): Set<string> {
    const offTheBus = [...this.faults.live]
      .filter(([, { kind }]) => kind === "off-the-bus")
      .map(([address]) => address);
    return new Set([...this.faults.vanished, ...offTheBus].map((address) => this.#addresses.get(address) ?? address));
  }
}

/** For a listener that fails: nobody knows which host the port of an error belongs to. */
function portTaken(whose: string, port: number): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error.code !== "EADDRINUSE") throw error;
    const message = `port ${port} of 127.0.0.1, for ${whose}, is taken by another program; end that, or make the host anew: "down", then "up"`;
    throw new Refusal([{ path: "port", message }]);
  };
}

function identityOf({ name, topology, cpus, memoryMiB, uuid, serialNumber }: HostSpec): SystemIdentity {
  return {
    name,
    manufacturer: topology.vendor ?? "unknown",
    model: topology.product ?? "unknown",
    serialNumber,
    uuid,
    biosVersion: "1.0.0",
    processorModel: "QEMU virtual CPU",
    processors: cpus,
    memoryGiB: memoryMiB / 1024,
  };
}
