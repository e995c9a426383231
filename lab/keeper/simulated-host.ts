import { existsSync, rmSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { Bmc } from "../bmc/bmc";
import type { ManagedSystem, PowerState, ResetType, SystemIdentity } from "../bmc/managed-system";
import { type HardwareFaults, noFaults } from "../faults/hardware-faults";
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
import { MachineProcess } from "./machine-process";
import { openNics } from "./nics";
import { OneAtATime } from "./one-at-a-time";
import { pause } from "./pause";
import { SshRelay } from "./ssh-relay";

export type StartKind = "reset" | "powerCycle";

/** One simulated host: its power, wired to a QEMU process, with the firmware that shapes each start. */
export class SimulatedHost implements ManagedSystem {
  readonly identity: SystemIdentity;
  /** What is broken on purpose at the next start, and at every one until it is mended. */
  readonly faults: HardwareFaults = noFaults();
  /** Domains that a fault started in the host, as if somebody else had. */
  readonly foreignDomains = new Set<string>();
  /** Starts of the machine so far, warm ones too. */
  starts = 0;
  /** The cards' firmware, which knows its functions by their addresses of this start. */
  nics: NicFirmware;
  #addresses: ReadonlyMap<string, string>;
  #power: PowerState = "Off";
  #machine: MachineProcess | undefined;
  #firmwareSocket: Socket | undefined;
  #startsAfterPowerOff = false;
  /** Ends a start that takes its time. */
  #waiting = new AbortController();
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
    const plan = planMachine(spec.topology);
    const relay = await SshRelay.listen(spec.sshPort);
    const host = new SimulatedHost(spec, directory, plan, relay, log);
    host.#bmc = await Bmc.start({
      flavour: spec.flavour,
      stateDirectory: directory.bmc,
      system: host,
      port: spec.bmcPort,
      log,
    });
    return host;
  }

  powerState(): PowerState {
    return this.#power;
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
        return this.#machine ? this.#pressPowerButton(false) : this.powerOn();
      case "GracefulShutdown":
        return this.#pressPowerButton(false);
      case "GracefulRestart":
        return this.#pressPowerButton(true);
    }
  }

  powerOn(): Promise<void> {
    return this.#turn.run(async () => {
      if (!this.#machine) await this.#boot("powerCycle");
    });
  }

  /** At once, as when power is cut. */
  powerOff(): Promise<void> {
    this.#waiting.abort();
    return this.#turn.run(() => this.#stop());
  }

  restart(kind: StartKind): Promise<void> {
    this.#waiting.abort();
    return this.#turn.run(async () => {
      await this.#stop();
      await this.#boot(kind);
    });
  }

  /** Does something with the machine stopped, and goes on from a snapshot. */
  resumeFrom(snapshot: string, before: () => Promise<void>): Promise<void> {
    this.#waiting.abort();
    return this.#turn.run(async () => {
      await this.#stop();
      await before();
      await this.#start({ bootFrom: "None", snapshot });
    });
  }

  /** Runs something while nobody starts or stops the machine. */
  meanwhile<T>(task: () => Promise<T>): Promise<T> {
    return this.#turn.run(task);
  }

  async close(): Promise<void> {
    await this.powerOff();
    await this.#bmc?.close();
    await this.relay.close();
  }

  hardware(): Hardware {
    return {
      bios: this.bmc.effects(),
      adapters: this.#adapters(),
      vanished: this.faults.vanished,
      trained: this.faults.trained,
    };
  }

  async #pressPowerButton(startsAgain: boolean): Promise<void> {
    this.#startsAfterPowerOff = startsAgain;
    if (this.#machine) await this.#machine.qmp.execute("system_powerdown");
  }

  async #boot(kind: StartKind): Promise<void> {
    this.#power = "PoweringOn";
    const { bootOverride } = this.bmc.post(kind);
    // A bridge that has vanished moves the buses behind it.
    this.#addresses = simulatedAddresses(this.plan, this.faults.vanished);
    this.nics = openNics(this.spec, this.#addresses, this.directory.nics, this.log);
    this.nics.reset(kind === "reset" ? "warm" : "cold");
    this.nics.setAbsent(this.#absent());
    this.#waiting = new AbortController();
    if (this.faults.slowStartSeconds > 0) {
      this.log(`start: waits ${this.faults.slowStartSeconds} s, as asked for`);
      if (!(await pause(this.faults.slowStartSeconds * 1000, this.#waiting.signal))) {
        this.#power = "Off";
        return;
      }
    }
    const hang = this.faults.hangingStarts > 0;
    if (hang) this.faults.hangingStarts--;
    await this.#start({ bootFrom: bootOverride, hang });
  }

  async #start(choices: { bootFrom: string; hang?: boolean; snapshot?: string }): Promise<void> {
    const { spec, directory, plan } = this;
    const hardware = this.hardware();
    writeAtomically(directory.registerRules, registerRules(plan, hardware));
    createLiveFaults(directory.liveFaults, plan);
    this.showLiveFaults();
    const sshForward = await freePort();
    for (const socket of Object.values(directory.sockets)) {
      if (socket !== directory.sockets.control && existsSync(socket)) rmSync(socket);
    }
    const { accelerator, cpus, memoryMiB } = spec;
    try {
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
      void machine.ended.then((end) => this.#ended(machine, end));
    } catch (error) {
      this.#power = "Off";
      throw error;
    }
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
    this.#startsAfterPowerOff = false;
    this.relay.target = undefined;
    this.#firmwareSocket?.destroy();
    await machine?.kill();
    this.#power = "Off";
  }

  /** The operating system reset the machine or switched it off, or QEMU died. */
  async #ended(machine: MachineProcess, end: "reset" | "power-off" | "died"): Promise<void> {
    if (machine.killed) return;
    await this.#turn.run(async () => {
      if (this.#machine !== machine) return;
      const again = end === "reset" || (end === "power-off" && this.#startsAfterPowerOff);
      this.log(end === "died" ? "QEMU died" : `power: ${end} by the operating system`);
      await this.#stop();
      if (again) await this.#boot("reset").catch((error: Error) => this.log(error.message));
    });
  }

  /** Faults of the running machine, as they are now. */
  showLiveFaults(): void {
    writeLiveFaults(this.directory.liveFaults, this.plan, this.faults.live);
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
    return new Set(
      [...this.faults.vanished, ...offTheBus].map((address) => this.plan.addresses.get(address) ?? address),
    );
  }
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
