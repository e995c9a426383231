import { XMLParser } from "fast-xml-parser";

/** Where a passed-through device is in a guest: the bridges above it from the device up, then its expander bus. */
export interface DeviceChain {
  /** `xio3130-downstream 03.0` and so on: QEMU's name of the device, slot and function. */
  readonly path: readonly string[];
  readonly expanderBus: { readonly busNr: number; readonly numaNode: number };
}

/** By host address `0000:18:00.0`. */
export type DeviceChains = Record<string, DeviceChain>;

/** libvirt's models and QEMU's devices for them (libvirt src/qemu/qemu_command.c, qemuBuildControllerPCIDevProps). */
const QEMU_DEVICE: Record<string, string> = {
  "pcie-root-port": "pcie-root-port",
  "pcie-switch-upstream-port": "x3130-upstream",
  "pcie-switch-downstream-port": "xio3130-downstream",
};

interface Address {
  domain: string;
  bus: string;
  slot: string;
  function: string;
}
interface Controller {
  type: string;
  index: string;
  model: string;
  address?: Address;
  target?: { busNr?: string; node?: string };
}

const place = ({ slot, function: fn }: Address): string => `${hex(Number(slot), 2)}.${Number(fn)}`;
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

/** As the domain's XML has it. */
export function chainsOfDomain(xml: string): DeviceChains {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    isArray: (name) => name === "controller" || name === "hostdev",
  });
  const { devices } = (parser.parse(xml) as { domain: { devices: { controller: Controller[]; hostdev: HostDev[] } } })
    .domain;
  const byIndex = new Map(
    devices.controller.filter(({ type }) => type === "pci").map((one) => [Number(one.index), one]),
  );
  return Object.fromEntries(
    devices.hostdev.map(({ source, address }) => {
      const path = [`vfio-pci ${place(address)}`];
      let above = byIndex.get(Number(address.bus));
      while (above?.address && above.model !== "pcie-expander-bus") {
        path.push(`${QEMU_DEVICE[above.model] ?? above.model} ${place(above.address)}`);
        above = byIndex.get(Number(above.address.bus));
      }
      const expanderBus = { busNr: Number(above?.target?.busNr), numaNode: Number(above?.target?.node) };
      return [hostAddress(source.address), { path, expanderBus }];
    }),
  );
}

interface HostDev {
  source: { address: Address };
  address: Address;
}

const hostAddress = ({ domain, bus, slot, function: fn }: Address): string =>
  `${hex(Number(domain), 4)}:${hex(Number(bus), 2)}:${hex(Number(slot), 2)}.${Number(fn)}`;

interface Open {
  readonly indent: number;
  readonly device: string;
  readonly values: Map<string, string>;
}

/** As QEMU's monitor shows it: `info qtree` indents what is on a bus, and an expander bus has the id of its bridge. */
export function chainsOfTree(qtree: string): DeviceChains {
  const found: { open: Open; above: Open[]; bus: string }[] = [];
  const expanders = new Map<string, Open>();
  const stack: Open[] = [];
  const buses: { indent: number; name: string }[] = [];
  for (const line of qtree.split(/\r?\n/)) {
    const indent = line.search(/\S/);
    const bus = /^ *bus: (.*)$/.exec(line)?.[1];
    const device = /^ *dev: ([^,]+), id "(.*)"/.exec(line);
    if (bus !== undefined || device) {
      while ((stack.at(-1)?.indent ?? -1) >= indent) stack.pop();
      while ((buses.at(-1)?.indent ?? -1) >= indent) buses.pop();
    }
    if (bus !== undefined) buses.push({ indent, name: bus });
    else if (device) {
      const open = { indent, device: device[1] as string, values: new Map<string, string>() };
      stack.push(open);
      if (open.device === "pxb-pcie") expanders.set(device[2] as string, open);
      // The expander bus is the second bus from the top: main-system-bus, its own, those of the bridges.
      if (open.device === "vfio-pci") found.push({ open, above: [...stack], bus: buses[1]?.name ?? "" });
    } else {
      const [, name, value] = /^ *(\S+) = (.*)$/.exec(line) ?? [];
      if (name) stack.at(-1)?.values.set(name, value as string);
    }
  }
  return Object.fromEntries(
    found.map(({ open, above, bus }) => {
      const bridges = above.filter(({ device }) => device !== "pxb-host").reverse();
      const path = bridges.map(({ device, values }) => `${device} ${values.get("addr")}`);
      const expander = expanders.get(bus)?.values;
      const number = (name: string): number => Number.parseInt(expander?.get(name) ?? "", 10);
      const expanderBus = { busNr: number("bus_nr"), numaNode: number("numa_node") };
      return [JSON.parse(open.values.get("host") as string), { path, expanderBus }];
    }),
  );
}
