import type { AdapterEffects } from "../hardware/hardware";
import { profileFor } from "./adapters/known-adapters";
import type { AdapterProfile } from "./adapters/profile";
import { CardFirmware, type CardState, NEW_CARD, type ParameterValue } from "./card";
import type { CardAccess, OpenCard } from "./card-access";
import { type CardStore, checkCardState, openCardStore } from "./card-store";
import { addressOf } from "./device-name";
import { mlxconfig } from "./mlxconfig/mlxconfig";
import { DEFAULT_RELEASE, TOOL_VERSIONS, type ToolRelease } from "./mlxconfig/tool-version";
import { mstfwreset } from "./mstfwreset/mstfwreset";
import type { ParameterTable } from "./parameter-table";
import { type ProgramAnswer, type ProgramRequest, Terminal } from "./terminal";

/** One card, with the functions that it has. */
export interface AdapterIdentity {
  /** Names the card's state for good: letters, digits, "-", "_", "." and ":". */
  readonly id: string;
  /** As the simulated host sees them: "0000:19:00.0". A card of two ports has two. */
  readonly functions: readonly string[];
  /** PCI ids in hexadecimal: "15b3", "1021". */
  readonly vendor: string;
  readonly device: string;
  /** A card without state has ATS_ENABLED in force, as it was when its host was recorded. */
  readonly ats?: boolean;
  readonly serial?: string;
}

export interface NicFirmwareOptions {
  readonly adapters: readonly AdapterIdentity[];
  readonly table: ParameterTable;
  /** Where cards keep their state: outside the host's disk. */
  readonly directory: string;
  /** The release of mstflint that the host's programs behave as. Default: 4.35.0. */
  readonly release?: ToolRelease;
  readonly log?: (line: string) => void;
}

/** What the BMC or a status line may tell of a card. */
export interface AdapterInventory {
  readonly id: string;
  readonly functions: readonly string[];
  readonly type: string;
  readonly partNumber: string;
  readonly firmware: string;
  readonly psid?: string;
  readonly serial?: string;
}

/** State of all cards by id, for a snapshot of the machine. */
export type NicFirmwareState = Readonly<Record<string, CardState>>;

interface Card {
  readonly identity: AdapterIdentity;
  readonly profile: AdapterProfile;
  readonly store: CardStore;
  state: CardState;
}

/** The TLV of SRIOV_EN and NUM_OF_VFS. */
const SRIOV_TLV = "nv_global_pci_conf";

/** The firmware of all NICs of a lab host. It lives outside the host, as cards do. */
export class NicFirmware {
  readonly #cards: readonly Card[];
  #absent: ReadonlySet<string> = new Set();

  private constructor(
    private readonly options: NicFirmwareOptions,
    cards: readonly Card[],
  ) {
    this.#cards = cards;
  }

  /**
   * Reads the state of every card; a card without one is as from the factory.
   * @throws Error that names the card's state file where it is damaged.
   */
  static open(options: NicFirmwareOptions): NicFirmware {
    const ids = new Set<string>();
    const cards = options.adapters.flatMap((identity): Card[] => {
      if (ids.has(identity.id))
        throw new Error(`adapter "${identity.id}": two adapters have this id; give each its own`);
      ids.add(identity.id);
      const profile = profileFor(identity.vendor, identity.device);
      if (profile === undefined) {
        options.log?.(
          `adapter "${identity.id}": no firmware for ${identity.vendor}:${identity.device}; ` +
            "the programs on the host answer that they cannot open it",
        );
        return [];
      }
      const store = openCardStore(options.directory, identity.id);
      const state = store.read();
      const isNew = state === NEW_CARD;
      return [{ identity, profile, store, state: isNew && identity.ats ? withAts(options.table) : state }];
    });
    return new NicFirmware(options, cards);
  }

  /** One run of a program of the host, or its next step after a question. */
  run(request: ProgramRequest): ProgramAnswer {
    const { release = DEFAULT_RELEASE, log } = this.options;
    log?.(`${request.program} ${request.argv.join(" ")}`);
    const version = TOOL_VERSIONS[release];
    const terminal = new Terminal(request);
    return terminal.run(() => {
      if (request.program === "mstfwreset" && request.host?.user === "other") {
        terminal.print("-E- Only root user can run this tool.\n");
        return 1;
      }
      const cards = this.#access(request, terminal);
      return request.program === "mstfwreset"
        ? mstfwreset(terminal, cards, version.release, request.argv)
        : mlxconfig({ terminal, cards, version }, request.argv);
    });
  }

  /**
   * The system starts: what is stored comes into force, and the PCI side is enumerated with it. A card that does not
   * load its configuration at a warm boot keeps what is in force until the power was off.
   */
  reset(kind: "warm" | "cold"): void {
    for (const card of this.#cards) {
      const loads = kind === "cold" || card.profile.reset.loadedByWarmBoot;
      const inForce = loads ? card.state.stored : card.state.inForce;
      this.#change(card, { ...card.state, inForce, atStart: inForce });
    }
  }

  /** What the PCI side of each function has had since the last start of the system. */
  effects(): Map<string, AdapterEffects> {
    const effects = this.#cards.flatMap((card) => {
      const started = this.#firmware({ ...card, state: { ...card.state, inForce: card.state.atStart } });
      const value = (name: string): ParameterValue => currentValue(started, name);
      const own = (started.instance(SRIOV_TLV, 0, -1)?.key ?? "") in card.state.atStart;
      const functions = value("SRIOV_EN") === 0 ? 0 : Number(value("NUM_OF_VFS"));
      const effect: AdapterEffects = {
        ats: value("ATS_ENABLED") !== 0,
        // As long as nobody has set it, the host file knows better what this card was shipped with.
        ...(own ? { virtualFunctions: functions } : {}),
      };
      return card.identity.functions.map((address): [string, AdapterEffects] => [address, effect]);
    });
    return new Map(effects);
  }

  /** Functions of cards that are not there: they answer as if nobody had put them in. */
  setAbsent(addresses: Iterable<string>): void {
    this.#absent = new Set(addresses);
  }

  inventory(): AdapterInventory[] {
    return this.#cards.map(({ identity, profile }) => ({
      id: identity.id,
      functions: identity.functions,
      type: profile.type,
      partNumber: profile.partNumber,
      firmware: profile.firmware,
      ...(profile.psid === undefined ? {} : { psid: profile.psid }),
      ...(identity.serial === undefined ? {} : { serial: identity.serial }),
    }));
  }

  state(): NicFirmwareState {
    return Object.fromEntries(this.#cards.map(({ identity, state }) => [identity.id, state]));
  }

  /** Puts back what `state` gave; cards that it does not name stay as they are. */
  restoreState(states: NicFirmwareState): void {
    const checked = Object.entries(states).map(([id, state]): [string, CardState] => {
      try {
        return [id, checkCardState(state)];
      } catch (cause) {
        throw new Error(`snapshot of adapter "${id}": ${(cause as Error).message}; take another snapshot`, { cause });
      }
    });
    for (const [id, state] of checked) {
      const card = this.#cards.find(({ identity }) => identity.id === id);
      if (card !== undefined) this.#change(card, state);
    }
  }

  #access(request: ProgramRequest, terminal: Terminal): CardAccess {
    const { host } = request;
    const seen = this.#cards.flatMap((card) =>
      card.identity.functions
        .filter((address) => !this.#absent.has(address) && (host?.devices.includes(address) ?? true))
        .map((address) => ({ address, softwareId: card.profile.softwareId, card })),
    );
    return {
      list: () => seen.map(({ address }) => address).sort(),
      open: (device) => {
        const address = addressOf(device, seen);
        const found = seen.find((candidate) => candidate.address === address);
        if (found === undefined) throw new Error("Failed to open the device");
        checkAllowed(host, terminal);
        return this.#openCard(found.card);
      },
    };
  }

  #openCard(card: Card): OpenCard {
    return {
      firmware: this.#firmware(card),
      store: (stored) => this.#change(card, { ...card.state, stored }),
      resetFirmware: () => this.#change(card, { ...card.state, inForce: card.state.stored }),
    };
  }

  #firmware({ profile, identity, state }: Card): CardFirmware {
    return new CardFirmware(profile, this.options.table, Math.max(1, identity.functions.length), state);
  }

  #change(card: Card, state: CardState): void {
    card.store.write(state);
    card.state = state;
  }
}

/** The kernel refuses access to configuration space: to other users, and in lockdown to root too (mstflint issue 416). */
function checkAllowed(host: ProgramRequest["host"], terminal: Terminal): void {
  const locked = host !== undefined && host.lockdown !== "none" && host.lockdown !== "";
  if (host === undefined || (host.user === "root" && !locked)) return;
  terminal.printError(
    `write counter to semaphore: ${host.user === "root" ? "Operation not permitted" : "Permission denied"}\n`,
  );
  throw new Error("Failed to open the device");
}

function withAts(table: ParameterTable): CardState {
  const parameter = table.byMlxconfigName("ATS_ENABLED");
  if (parameter === undefined)
    throw new Error("parameter table: it has no ATS_ENABLED; give that of mstflint 4.21 or later");
  const settings = { [`${parameter.tlv}_P0_M-1`]: { [parameter.name]: 1 } };
  return { stored: settings, inForce: settings, atStart: settings };
}

function currentValue(firmware: CardFirmware, mlxconfigName: string): ParameterValue {
  const parameter = firmware.table.byMlxconfigName(mlxconfigName);
  const instance = parameter === undefined ? undefined : firmware.instance(parameter.tlv, 0, -1);
  return parameter === undefined || instance === undefined ? 0 : firmware.value("current", instance, parameter);
}
