import type { BiosEffects } from "../hardware/bios-effects";
import type { User } from "./accounts";
import { effectsOf } from "./bios/effects";
import { afterSelfTest, type StartKind } from "./bios/self-test";
import { type FlavourName, flavourNamed } from "./flavours";
import type { Json } from "./json";
import type { ManagedSystem } from "./managed-system";
import { checkModes, type ModeName, type Modes } from "./modes";
import { RedfishServer } from "./redfish/server";
import { Service } from "./service";
import { parseState } from "./state";
import { StateDirectory } from "./state-directory";
import { Store } from "./store";

export interface BmcOptions {
  readonly flavour: FlavourName;
  /** The BMC's flash: state, users, certificate. Made where it is missing; everything in it survives a restart. */
  readonly stateDirectory: string;
  readonly system: ManagedSystem;
  /** 0, the default, for any free port. */
  readonly port?: number;
  /** Gets a line for each request, without anything secret. */
  readonly log?: (line: string) => void;
  /** Milliseconds since 1970; sessions time out by it. */
  readonly now?: () => number;
}

export interface PostResult {
  /** Of the settings in force from this start on. */
  readonly effects: BiosEffects;
  /** What the system shall start from this time: a BootSourceOverrideTarget, "None" for the usual. */
  readonly bootOverride: string;
}

/** A simulated server's BMC: a Redfish service, and the BIOS settings that it keeps. */
export class Bmc {
  readonly url: string;
  readonly port: number;
  readonly #directory: StateDirectory;
  readonly #service: Service;
  readonly #server: RedfishServer;

  private constructor(directory: StateDirectory, service: Service, server: RedfishServer, port: number) {
    this.#directory = directory;
    this.#service = service;
    this.#server = server;
    this.port = port;
    this.url = `https://127.0.0.1:${port}`;
  }

  /** Starts the service: where the state directory has a state, with it; else as it comes from the factory. */
  static async start(options: BmcOptions): Promise<Bmc> {
    const { system, port = 0, log = () => {}, now = Date.now } = options;
    const flavour = flavourNamed(options.flavour);
    const directory = new StateDirectory(options.stateDirectory);
    const store = new Store(directory.stateFile, directory.state(flavour));
    const service = new Service({ flavour, system, store, now, log });
    const certificate = directory.certificate(system.identity.name, service.modes.certificateChanged);
    const server = new RedfishServer(service, certificate);
    return new Bmc(directory, service, server, await server.listen(port));
  }

  /** PEM file of the certificate that the service began with. */
  get certificateFile(): string {
    return this.#directory.certificateFile;
  }

  /** JSON file with the first users and their passwords, readable by its owner only. */
  get passwordFile(): string {
    return this.#directory.passwordFile;
  }

  /** The users that the BMC was born with. A password changed since holds instead of the one given here. */
  get users(): readonly User[] {
    return this.#directory.users();
  }

  /**
   * The power-on self-test. To be called at each start of the system, warm or cold, before its machine is built: what
   * was set takes effect now.
   */
  post(kind: StartKind): PostResult {
    const { store, modes, time } = this.#service;
    const { enabled, target } = store.state.boot;
    store.change((state) => afterSelfTest(state, modes, kind, time));
    return { effects: this.effects(), bootOverride: enabled === "Disabled" ? "None" : target };
  }

  /** What the settings in force make of the hardware. */
  effects(): BiosEffects {
    return effectsOf(this.#service.flavour.effects, this.#service.store.state.current);
  }

  get modes(): Modes {
    return this.#service.modes;
  }

  /** Switches a mode, from the next request on, until it is switched back or cleared; a restart keeps it. */
  setMode<Name extends ModeName>(name: Name, value: Modes[Name]): void {
    checkModes({ [name]: value } as Partial<Modes>, "modes");
    if (name === "refused") this.#checkAttributes(value as readonly string[]);
    if (name === "certificateChanged" && value)
      this.#directory.makeOtherCertificate(this.#service.system.identity.name);
    this.#service.store.change((state) => ({ ...state, modes: { ...state.modes, [name]: value } }));
    if (name === "certificateChanged") this.#serveCertificate();
  }

  /** Back to the flavour's habits. */
  clearModes(): void {
    this.#service.store.change((state) => ({ ...state, modes: {} }));
    this.#serveCertificate();
  }

  /** Everything that the BMC remembers, for a snapshot. It holds hashes of passwords, no password. */
  state(): Json {
    return JSON.parse(JSON.stringify(this.#service.store.state)) as Json;
  }

  /** Goes back to a state that `state` gave. Sessions end. */
  restoreState(json: Json): void {
    const { flavour, store, sessions } = this.#service;
    const state = parseState(JSON.parse(JSON.stringify(json)), "state", flavour);
    store.change(() => state);
    for (const { id } of sessions.all) sessions.end(id);
    this.#serveCertificate();
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  #serveCertificate(): void {
    const { modes, system } = this.#service;
    this.#server.serve(this.#directory.certificate(system.identity.name, modes.certificateChanged));
  }

  #checkAttributes(names: readonly string[]): void {
    const { flavour } = this.#service;
    const known = flavour.attributes.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new Error(`modes.refused: ${flavour.name} has no attribute "${unknown}"; it has ${known.join(", ")}`);
  }
}
