import { byAddress } from "../topology/address-order";
import { baseName, functionOfPath, type ProbeSections } from "../topology/probe-sections";
import { parseConfigDumps } from "../topology/sysfs-config";
import { routeFunctions } from "../topology/sysfs-net";
import { networkOwner } from "./network-owner";
import { parseQos } from "./qos";
import { lockedReadRequest, readRequest } from "./read-request";
import { REPRESENTOR } from "./representor";
import { parseRings, type Rings } from "./rings";
import { itemsOf } from "./section-items";
import type { AdapterFacts, NicSettings } from "./settings";

/** A network adapter: what it is, and how it is set now. */
export interface AdapterReading {
  readonly facts: AdapterFacts;
  readonly settings: NicSettings;
}

interface Interface {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  readonly rings: Rings;
}

/** Network controllers: Ethernet and InfiniBand (PCI Code and ID Assignment Specification, 1.3). */
const NETWORK_CLASS = /^0x(0200|0207)/;

const REPRESENTOR_NAME = new RegExp(`^${REPRESENTOR}$`);

/** ARPHRD numbers of linux include/uapi/linux/if_arp.h. */
const LINK_LAYERS: Readonly<Record<string, AdapterFacts["linkLayer"]>> = { "1": "ethernet", "32": "infiniband" };

/** IPoIB takes the message size of the fabric less its header, or any IP packet where it is connected (ipoib.rst). */
const IPOIB_MTU: Readonly<Record<string, number>> = { datagram: 4092, connected: 65_520 };

/** Adapters by PCI address, in the order of the bus. */
export function readAdapters(probe: ProbeSections): Map<string, AdapterReading> {
  const functions = probe.attributes("pci-attributes");
  const physical = physicalFunctions(probe);
  const interfaces = interfacesByFunction(probe);
  const rdma = rdmaByFunction(probe, interfaces);
  const routes = routeFunctions(probe, physical);
  const configs = parseConfigDumps(probe.lines("pci-config"));
  const masters = probe.links("net-links");
  const mtus = new Map(
    [...probe.attributes("net-attributes")].map(([name, own]) => [name, wholeNumber(own.get("mtu")?.[0])]),
  );
  const bonds = new Set(probe.lines("bonds").map((line) => line.trim().replace(/\/bonding$/, "")));
  const locked = lockedReadRequest(probe.text("lockdown"));
  const ofClass = [...functions].filter(([, facts]) => NETWORK_CLASS.test(facts.get("class")?.[0] ?? ""));
  const addresses = new Set([...ofClass.map(([address]) => address), ...interfaces.keys()]);
  const drivers = probe.links("pci-links");
  const qos = itemsOf(probe.lines("qos"));
  const largest = largestMtus(probe.lines("ip-links"));
  return new Map(
    [...addresses].sort(byAddress).map((address) => {
      const own = interfaces.get(address) ?? [];
      const [first] = own;
      const driver = baseName(drivers.get(`${address}/driver`) ?? "");
      const linkLayer = LINK_LAYERS[attributeOf(first, "type") ?? ""] ?? "none";
      const request = physical.has(address)
        ? { lacks: "it is a virtual function, which has none of its own" }
        : (locked ?? readRequest(configs.get(address) ?? new Uint8Array()));
      const mtuMax = lowest(own.map((one) => IPOIB_MTU[attributeOf(one, "mode") ?? ""] ?? largest.get(one.name)));
      const bond = own.map(({ name }) => baseName(masters.get(`${name}/master`) ?? "")).find((name) => bonds.has(name));
      const facts: AdapterFacts = {
        interfaces: own.map(({ name }) => name),
        linkLayer,
        ...(driver === "" ? {} : { driver }),
        rdmaDevices: rdma.get(address) ?? [],
        ...defined("rxRingMax", lowest(own.map(({ rings }) => rings.rxMax))),
        ...defined("txRingMax", lowest(own.map(({ rings }) => rings.txMax))),
        ...defined("mtuMax", mtuMax),
        ...("lacks" in request ? { noReadRequest: request.lacks } : {}),
        ...(first === undefined ? { owner: "none" } : networkOwner(probe, first.name, attributeOf(first, "ifindex"))),
        ...(bond === undefined ? {} : { bond, ...defined("bondMtu", mtus.get(bond)) }),
        carriesRoute: routes.has(address),
      };
      const settings: NicSettings = {
        ...defined("mtu", lowest(own.map((one) => numberOf(one, "mtu")))),
        ...defined("txQueueLength", lowest(own.map((one) => numberOf(one, "tx_queue_len")))),
        ...defined("rxRing", lowest(own.map(({ rings }) => rings.rx))),
        ...defined("txRing", lowest(own.map(({ rings }) => rings.tx))),
        ...("bytes" in request ? { maxReadRequest: request.bytes } : {}),
        ...(first === undefined ? {} : parseQos(qos.get(first.name) ?? [])),
      };
      return [address, { facts, settings }];
    }),
  );
}

/** Physical function by virtual one. */
function physicalFunctions(probe: ProbeSections): Map<string, string> {
  const links = [...probe.links("pci-links")].filter(([name]) => name.endsWith("/physfn"));
  return new Map(links.map(([name, target]) => [name.slice(0, name.indexOf("/")), baseName(target)]));
}

/**
 * Interfaces that a function's driver made of it, or of a virtio device on it: not those of USB devices and subfunctions
 * below it, not representors of an embedded switch, and not IPoIB's interfaces of further partitions, which have a parent.
 */
function interfacesByFunction(probe: ProbeSections): Map<string, Interface[]> {
  const attributes = probe.attributes("net-attributes");
  const rings = itemsOf(probe.lines("rings"));
  const found = new Map<string, Interface[]>();
  for (const [name, target] of probe.links("net-links")) {
    const [, address] = /\/([0-9a-f:.]+)(?:\/virtio\d+)?\/net\/[^/]+$/.exec(target) ?? [];
    if (name.includes("/") || address === undefined || functionOfPath(target) !== address) continue;
    const own = attributes.get(name) ?? new Map<string, string[]>();
    if (REPRESENTOR_NAME.test(own.get("phys_port_name")?.[0] ?? "") || own.has("parent")) continue;
    const one: Interface = { name, attributes: own, rings: parseRings(rings.get(name) ?? []) };
    found.set(address, [...(found.get(address) ?? []), one]);
  }
  return found;
}

/** RDMA devices of each function: its own, and soft ones that are made on its interfaces, such as those of rdma_rxe. */
function rdmaByFunction(
  probe: ProbeSections,
  interfaces: ReadonlyMap<string, readonly Interface[]>,
): Map<string, string[]> {
  const attributes = probe.attributes("rdma-attributes");
  const found = new Map<string, string[]>();
  for (const [device, target] of probe.links("rdma-links")) {
    const own = attributes.get(device);
    const parent = own?.get("parent")?.[0] ?? own?.get("ports/1/gid_attrs/ndevs/0")?.[0];
    const [below] = [...interfaces].find(([, list]) => list.some(({ name }) => name === parent)) ?? [];
    const address = functionOfPath(target) ?? below;
    if (address !== undefined) found.set(address, [...(found.get(address) ?? []), device].sort());
  }
  return found;
}

/** `2: eth0@if3: … maxmtu 9000 …` lines of `ip -d -o link`; 0 stands for no limit. */
function largestMtus(lines: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of lines) {
    const [, name, largest] = /^\d+: ([^:@\s]+)[^\s]*: .* maxmtu (\d+)/.exec(line) ?? [];
    if (name !== undefined && Number(largest) > 0) found.set(name, Number(largest));
  }
  return found;
}

/** Of an adapter with several interfaces the lowest value counts: so one that lags behind shows. */
function lowest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

const attributeOf = (one: Interface | undefined, attribute: string): string | undefined =>
  one?.attributes.get(attribute)?.[0];

const numberOf = (one: Interface, attribute: string): number | undefined => wholeNumber(attributeOf(one, attribute));

const wholeNumber = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

const defined = <Key extends string>(key: Key, value: number | undefined): { [K in Key]?: number } =>
  (value === undefined ? {} : { [key]: value }) as { [K in Key]?: number };
