/**
 * Which network device leads where, from /proc/net/route and /proc/net/ipv6_route (linux net/ipv4/fib_trie.c,
 * fib_route_seq_show; net/ipv6/route.c), which have the main table alone, and from ip, which has all. Addresses are numbers;
 * a route is a prefix and a device.
 */
export interface Route {
  readonly device: string;
  readonly prefix: bigint;
  readonly length: number;
  readonly family: 4 | 6;
}

const REJECT = 0x0200;

/** Routes of both families, without loopback and rejected ones. */
export function parseRoutes(route4: readonly string[], route6: readonly string[]): Route[] {
  const ipv4 = route4.slice(1).flatMap((line): Route[] => {
    const [device = "", destination = "", , flags = "0", , , , mask = ""] = line.trim().split(/\s+/);
    if (!/^[0-9A-F]{8}$/i.test(destination) || !/^[0-9A-F]{8}$/i.test(mask)) return [];
    if (Number.parseInt(flags, 16) & REJECT) return [];
    const length = bits(littleEndian(mask));
    return [{ device, prefix: littleEndian(destination), length, family: 4 }];
  });
  const ipv6 = route6.flatMap((line): Route[] => {
    const [destination = "", length = "", , , , , , , flags = "0", device = ""] = line.trim().split(/\s+/);
    if (!/^[0-9a-f]{32}$/.test(destination) || device === "lo" || device === "") return [];
    if (Number.parseInt(flags, 16) & REJECT) return [];
    return [{ device, prefix: BigInt(`0x${destination}`), length: Number.parseInt(length, 16), family: 6 }];
  });
  return [...ipv4, ...ipv6].filter(({ device }) => device !== "lo");
}

/** A route as `ip route` prints it, of whatever table; that of main is "main". */
export interface TableRoute extends Route {
  readonly table: string;
  /** Whether the address is one of the device's own. */
  readonly isLocal: boolean;
}

/** Kinds of routes that lead nowhere, or to nobody in particular (ip-route(8)). */
const NO_WAY = new Set(["unreachable", "blackhole", "prohibit", "throw", "broadcast", "multicast", "anycast", "nat"]);

/** Lines of `ip -o route show table all` of one family: `[KIND] PREFIX [via …] dev DEVICE [table TABLE] …`. */
export function parseTableRoutes(lines: readonly string[], family: 4 | 6): TableRoute[] {
  return lines.flatMap((line): TableRoute[] => {
    const [kind = "", ...rest] = line.trim().split(/[\s\\]+/);
    if (NO_WAY.has(kind)) return [];
    const isLocal = kind === "local";
    const words = isLocal || kind === "unicast" ? rest : [kind, ...rest];
    const [address = "", bitsText] = (
      words[0] === "default" ? `${family === 4 ? "0.0.0.0" : "::"}/0` : (words[0] ?? "")
    ).split("/");
    const value = parseAddress(address);
    if (value?.family !== family) return [];
    const after = (word: string) => words.flatMap((one, at) => (one === word ? [words[at + 1] ?? ""] : []));
    const [table = "main"] = after("table");
    const length = bitsText === undefined ? (family === 4 ? 32 : 128) : Number(bitsText);
    // A route of several ways names a device for each.
    return after("dev").map((device) => ({ device, prefix: value.number, length, family, table, isLocal }));
  });
}

/**
 * Devices of the two ends of a connection, where a VRF has a table of its own for it: the device that holds the near address,
 * and those of the way to the far one in the same table. Other tables are left out: systems with many rails have one for each,
 * with a default route of its own, by which no answer of this connection goes.
 */
export function sessionDevices(routes: readonly TableRoute[], near: string, far: string): string[] {
  const address = parseAddress(bare(near));
  const holders = routes.filter(
    ({ isLocal, family, prefix, length }) =>
      isLocal && family === address?.family && prefix === address.number && length === (family === 4 ? 32 : 128),
  );
  const tables = new Set(holders.map(({ table }) => table));
  const ways = routes.filter(({ isLocal, table }) => !isLocal && tables.has(table));
  return [...holders.map(({ device }) => device), ...routeDevices(ways, far)];
}

/** Devices of the default routes. */
export function defaultRouteDevices(routes: readonly Route[]): string[] {
  return routes.filter(({ length }) => length === 0).map(({ device }) => device);
}

/** Devices of the most specific routes to an address; none for a text that is no address. */
export function routeDevices(routes: readonly Route[], address: string): string[] {
  const value = parseAddress(bare(address));
  if (value === undefined) return [];
  const width = value.family === 4 ? 32 : 128;
  const matching = routes.filter(({ family, prefix, length }) => {
    const shift = BigInt(width - length);
    return family === value.family && prefix >> shift === value.number >> shift;
  });
  const longest = Math.max(...matching.map(({ length }) => length));
  return matching.filter(({ length }) => length === longest).map(({ device }) => device);
}

/** An address without the zone of its device, and IPv4 as IPv4. */
const bare = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");

function parseAddress(text: string): { family: 4 | 6; number: bigint } | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    return { family: 4, number: text.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  const [head = "", tail, ...more] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  if (more.length > 0 || missing < 0) return undefined;
  const all = [...groups(head), ...Array<string>(missing).fill("0"), ...groups(tail ?? "")];
  if (all.length !== 8 || !all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { family: 6, number: all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

/** /proc/net/route prints addresses as the machine's integers: `010200C0` is 192.0.2.1. */
function littleEndian(hex: string): bigint {
  return BigInt(`0x${hex.match(/../g)?.reverse().join("") ?? "0"}`);
}

function bits(mask: bigint): number {
  return mask.toString(2).replaceAll("0", "").length;
}
