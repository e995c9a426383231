import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BiosEffects } from "../hardware/bios-effects";
import { accountOf, firstUsers, type User } from "./accounts";
import { effectsOf } from "./bios/effects";
import { afterSelfTest, type StartKind } from "./bios/self-test";
import { type Certificate, certificateIn, makeCertificate } from "./certificate";
import { type FlavourName, flavourNamed } from "./flavours";
import type { Flavour } from "./flavours/flavour";
import type { Json } from "./json";
import type { ManagedSystem } from "./managed-system";
import { checkModes, type ModeName, type Modes, modesInForce } from "./modes";
import { RedfishServer } from "./redfish/server";
import { Service } from "./service";
import { Sessions } from "./sessions";
import { type BmcState, newState, parseState } from "./state";
import { jsonOf, replaceFile } from "./state-file";
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
  /** PEM file of the certificate that the service began with. */
  readonly certificateFile: string;
  /** JSON file with the first users and their passwords, readable by its owner only. */
  readonly passwordFile: string;
  readonly #directory: string;
  readonly #flavour: Flavour;
  readonly #store: Store;
  readonly #service: Service;
  readonly #server: RedfishServer;

  private constructor(directory: Files, flavour: Flavour, service: Service, server: RedfishServer, port: number) {
    this.#directory = directory.path;
    this.#flavour = flavour;
    this.#store = service.store;
    this.#service = service;
    this.#server = server;
    this.port = port;
    this.url = `https://127.0.0.1:${port}`;
    this.certificateFile = directory.certificate;
    this.passwordFile = directory.passwords;
  }

  /** Starts the service: where the state directory has a state, with it; else as it comes from the factory. */
  static async start(options: BmcOptions): Promise<Bmc> {
    const { system, port = 0, log = () => {}, now = Date.now } = options;
    const flavour = flavourNamed(options.flavour);
    const files = filesIn(options.stateDirectory);
    mkdirSync(files.path, { recursive: true, mode: 0o700 });
    const store = new Store(files.state, stateIn(files, flavour));
    const sessions = new Sessions(now, () => store.state.sessionTimeoutSeconds);
    const service = new Service(flavour, system, store, sessions, now);
    const certificate = servedCertificate(files, service.modes, system.identity.name);
    const server = new RedfishServer(service, certificate, log);
    return new Bmc(files, flavour, service, server, await server.listen(port));
  }

  /** The users that the BMC was born with. A password changed since holds instead of the one given here. */
  get users(): readonly User[] {
    return usersIn(this.passwordFile);
  }

  /**
   * The power-on self-test. To be called at each start of the system, warm or cold, before its machine is built: what
   * was set takes effect now.
   */
  post(kind: StartKind): PostResult {
    const { enabled, target } = this.#store.state.boot;
    this.#store.change((state) => afterSelfTest(state, this.modes, kind, this.#service.time));
    return { effects: this.effects(), bootOverride: enabled === "Disabled" ? "None" : target };
  }

  /** What the settings in force make of the hardware. */
  effects(): BiosEffects {
    return effectsOf(this.#flavour.effects, this.#store.state.current);
  }

  get modes(): Modes {
    return modesInForce(this.#flavour.modes, this.#store.state.modes);
  }

  /** Switches a mode, from the next request on, until it is switched back or cleared; a restart keeps it. */
  setMode<Name extends ModeName>(name: Name, value: Modes[Name]): void {
    checkModes({ [name]: value } as Partial<Modes>, "modes");
    if (name === "refused") this.#checkAttributes(value as readonly string[]);
    if (name === "certificateChanged" && value) makeOtherCertificate(this.#files, this.#service.system.identity.name);
    this.#store.change((state) => ({ ...state, modes: { ...state.modes, [name]: value } }));
    if (name === "certificateChanged") this.#serveCertificate();
  }

  /** Back to the flavour's habits. */
  clearModes(): void {
    this.#store.change((state) => ({ ...state, modes: {} }));
    this.#serveCertificate();
  }

  /** Everything that the BMC remembers, for a snapshot. It holds hashes of passwords, no password. */
  state(): Json {
    return JSON.parse(JSON.stringify(this.#store.state)) as Json;
  }

  /** Goes back to a state that `state` gave. Sessions end. */
  restoreState(json: Json): void {
    const state = parseState(JSON.parse(JSON.stringify(json)), "state", this.#flavour);
    this.#store.change(() => state);
    for (const { id } of this.#service.sessions.all) this.#service.sessions.end(id);
    this.#serveCertificate();
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  get #files(): Files {
    return filesIn(this.#directory);
  }

  #serveCertificate(): void {
    this.#server.serve(servedCertificate(this.#files, this.modes, this.#service.system.identity.name));
  }

  #checkAttributes(names: readonly string[]): void {
    const known = this.#flavour.attributes.map(({ name }) => name);
    const unknown = names.find((name) => !known.includes(name));
    if (unknown === undefined) return;
    throw new Error(`modes.refused: ${this.#flavour.name} has no attribute "${unknown}"; it has ${known.join(", ")}`);
  }
}

interface Files {
  readonly path: string;
  readonly state: string;
  readonly passwords: string;
  readonly certificate: string;
  readonly key: string;
  readonly otherCertificate: string;
  readonly otherKey: string;
}

function filesIn(path: string): Files {
  return {
    path,
    state: join(path, "state.json"),
    passwords: join(path, "passwords.json"),
    certificate: join(path, "certificate.pem"),
    key: join(path, "certificate.key"),
    otherCertificate: join(path, "other-certificate.pem"),
    otherKey: join(path, "other-certificate.key"),
  };
}

/** The state on the disk, or a new one. The users' passwords come to the disk first: no state without them. */
function stateIn(files: Files, flavour: Flavour): BmcState {
  const found = jsonOf(files.state);
  if (found !== undefined) return parseState(found, files.state, flavour);
  const users = firstUsers(flavour);
  replaceFile(files.passwords, `${JSON.stringify(users, undefined, 2)}\n`);
  const state = newState(
    flavour,
    users.map((user, index) => accountOf(String(index + 1), user)),
  );
  replaceFile(files.state, `${JSON.stringify(state, undefined, 2)}\n`);
  return state;
}

function usersIn(file: string): User[] {
  const users = jsonOf(file);
  if (!Array.isArray(users)) throw new Error(`${file}: not a list of users; remove the BMC's state directory`);
  return users as User[];
}

function servedCertificate(files: Files, modes: Modes, name: string): Certificate {
  return modes.certificateChanged
    ? certificateIn(files.otherCertificate, files.otherKey, name)
    : certificateIn(files.certificate, files.key, name);
}

function makeOtherCertificate(files: Files, name: string): void {
  makeCertificate(files.otherCertificate, files.otherKey, name);
}
