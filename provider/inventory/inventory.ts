import { isPlainObject, type PlainObject } from "../../core/diff/plain";
import type { Problem } from "../../core/problems";
import type { Inventory } from "../protocol/inventory";
import { Machine } from "../reach/machine";
import type { Reach } from "../reach/reach";
import type { Redfish } from "../reach/redfish/redfish";
import { accessTo, type Hosts, type KnownAccess, NO_CONNECTION } from "./access";
import { unknownMachine } from "./names";
import { type Reaches, reaches as real } from "./reaches";
import { type Access, LOCAL } from "./shapes";
import { UnknownRedfish } from "./unknown-redfish";

/** The machines of a checked configuration, which may hold unknowns in a preview. Reaches for none of them yet. */
export function createInventory(config: PlainObject, reaches: Reaches = real): Inventory {
  return new ConfiguredInventory(config, reaches);
}

class ConfiguredInventory implements Inventory {
  readonly takeOverFrom: readonly string[];
  private readonly hosts: Hosts;
  /** By name and access. The keys hold secrets and stay in here. */
  private readonly machines = new Map<string, Machine>();

  constructor(
    { hosts = {}, takeOverFrom }: PlainObject,
    private readonly reaches: Reaches,
  ) {
    this.hosts = isPlainObject(hosts) ? hosts : undefined;
    this.takeOverFrom = Array.isArray(takeOverFrom) ? takeOverFrom.filter((one) => typeof one === "string") : [];
  }

  problemOf(name: string, connection: boolean): Problem | undefined {
    if (connection) return name === LOCAL ? { path: "connection", message: `${NO_CONNECTION}.` } : undefined;
    if (name === LOCAL || !this.hosts || Object.hasOwn(this.hosts, name)) return undefined;
    return { path: "host", message: unknownMachine(name, this.hosts) };
  }

  machine(name: string, connection?: PlainObject): Machine {
    const access = accessTo(name, connection, this.hosts);
    // A schema gives its fields in one order, so the same access is the same text.
    const key = JSON.stringify([name, access]);
    let machine = this.machines.get(key);
    if (!machine) {
      const { libvirtUri } = access;
      machine = new Machine({ name, reach: this.reach(name, access), libvirtUri, redfish: this.redfish(name, access) });
      this.machines.set(key, machine);
    }
    return machine;
  }

  async close(): Promise<void> {
    await Promise.all([...this.machines.values()].map((machine) => machine.close()));
  }

  private reach(name: string, { ssh, guestAgent }: Access): Reach {
    if (ssh) return this.reaches.ssh(name, ssh);
    return guestAgent ? this.reaches.guest(name, guestAgent, this.machine(guestAgent.host)) : this.reaches.local();
  }
  private redfish(name: string, { bmc, bmcUnknown }: KnownAccess): Redfish | undefined {
    if (bmcUnknown) return new UnknownRedfish(name);
    return bmc && this.reaches.redfish(name, bmc);
  }
}
