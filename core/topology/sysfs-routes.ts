/**
 * Which network device leads where, from /proc/net/route and /proc/net/ipv6_route (linux net/ipv4/fib_trie.c,
 * fib_route_seq_show; net/ipv6/route.c). Addresses are numbers; a route is a prefix and a device.
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

/** Devices of the default routes. */
export function defaultRouteDevices(routes: readonly Route[]): string[] {
  return routes.filter(({ length }) => length === 0).map(({ device }) => device);
}

/** Devices of the most specific routes to an address; none for a text that is no address. */
export function routeDevices(routes: readonly Route[], address: string): string[] {
  const value = parseAddress(address.replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, ""));
  if (value === undefined) return [];
  const width = value.family === 4 ? 32 : 128;
  const matching = routes.filter(({ family, prefix, length }) => {
    const shift = BigInt(width - length);
    return family === value.family && prefix >> shift === value.number >> shift;
  });
  const longest = Math.max(...matching.map(({ length }) => length));
  return matching.filter(({ length }) => length === longest).map(({ device }) => device);
}

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
