import { byAddress } from "../topology/address-order";
import { attributesIn, functionOfPath, linksIn } from "../topology/probe-sections";
import { defaultRouteDevices, parseRoutes } from "../topology/sysfs-routes";
import { ncclVariables, pamVariables } from "./env-file";
import { BOOT_COPY, fileOf, NCCL_CONF, TMPFILES_CONF } from "./files";
import type { RdmaDevice } from "./rdma-device";
import { rdmaDevices } from "./rdma-reading";
import { tmpfilesConf } from "./tmpfiles";

/** What NCCL finds on a guest, as one look sees it. */
export interface RuntimeReading {
  /** The topology file at its place; undefined where there is none. */
  readonly topology: string | undefined;
  /** Value of a variable in the file that it belongs to; undefined where it is not set there. */
  variable(name: string): string | undefined;
  /** Variables that NCCL's own file has. */
  readonly ncclVariables: string[];
  readonly overriding: string[];
  /** Whether the files that make the topology file at boot are there, as they were written, and make what is meant. */
  readonly persistent: boolean;
  readonly damaged: string[];
  readonly rdmaDevices: RdmaDevice[];
  readonly gpuAddresses: string[];
  readonly functions: Record<string, string>;
  readonly networkInterfaces: string[];
  readonly defaultRoute: string | undefined;
  readonly init: "systemd" | "other";
  readonly topologyDaemon: boolean;
}

/** What the files for boot are held against. */
export interface MeantAtBoot {
  readonly topologyFile: string;
  /** SHA-256 of the topology that is wanted; absent where none is, or it is not known. */
  readonly sum?: string | undefined;
}

/** What the script printed, by part. */
type Parts = ReadonlyMap<string, string>;

/**
 * What `observeScript` printed.
 * @throws Error where it is cut off, or the topology file is no text
 */
export function parseRuntime(printed: string, meant: MeantAtBoot): RuntimeReading {
  const parts = new Map(printed.split("\u0001").slice(1).map(partOf));
  if (!parts.has("end")) throw new Error("the answer is cut off");
  const topology = parts.get("topology");
  // What was there before is kept as text: bytes that are none would not come back.
  if (topology?.includes("\ufffd")) throw new Error("the topology file is no text in UTF-8; move it away");
  const nccl = ncclVariables(parts.get("nccl-conf") ?? "");
  const pam = pamVariables(parts.get("environment") ?? "");
  const functions = attributesIn(lines(parts, "pci"));
  const addresses = [...functions.keys()].sort(byAddress);
  const of = (address: string, name: string) => functions.get(address)?.get(name)?.[0]?.replace(/^0x/, "") ?? "";
  const interfaces = linksIn(lines(parts, "net-links"));
  const routes = parseRoutes(["", ...byMetric(lines(parts, "route4").slice(1))], lines(parts, "route6"));
  return {
    topology,
    variable: (name) => (fileOf(name) === NCCL_CONF ? nccl : pam).get(name),
    ncclVariables: [...nccl.keys()].filter((name) => fileOf(name) === NCCL_CONF),
    overriding: [...pam.keys()].filter((name) => fileOf(name) === NCCL_CONF).sort(),
    ...persistence(parts, meant),
    rdmaDevices: rdmaDevices((name) => lines(parts, name), netFunctions(interfaces)),
    gpuAddresses: addresses.filter((one) => of(one, "vendor") === "10de" && of(one, "class").startsWith("03")),
    functions: Object.fromEntries(addresses.map((one) => [one, of(one, "class")])),
    networkInterfaces: [...interfaces.keys()],
    defaultRoute: defaultRouteDevices(routes)[0],
    init: parts.get("init")?.trim() === "systemd" ? "systemd" : "other",
    topologyDaemon: lines(parts, "topology-daemon").length > 0,
  };
}

function partOf(text: string): [string, string] {
  const end = text.indexOf("\n");
  return [text.slice(0, end), text.slice(end + 1)];
}

const lines = (parts: Parts, name: string): string[] =>
  (parts.get(name) ?? "").split("\n").filter((line) => line !== "");

/** Of several default routes, the kernel takes that of the lowest metric (linux net/ipv4/fib_trie.c). */
function byMetric(routes: readonly string[]): string[] {
  const metric = (line: string) => Number(line.trim().split(/\s+/)[6]);
  return [...routes].sort((a, b) => metric(a) - metric(b));
}

/** The PCI function that a network interface is of, by name. */
function netFunctions(links: ReadonlyMap<string, string>): Map<string, string> {
  return new Map(
    [...links].flatMap(([name, target]): [string, string][] => {
      const address = functionOfPath(target);
      return address === undefined ? [] : [[name, address]];
    }),
  );
}

/**
 * The files against the manifest: without one, nothing was written to be there at boot. What they make is what is wanted,
 * or what is there now, for a look that knows of nothing wanted.
 */
function persistence(parts: Parts, meant: MeantAtBoot): Pick<RuntimeReading, "persistent" | "damaged"> {
  if (!parts.has("manifest")) return { persistent: false, damaged: [] };
  const sums = (name: string) =>
    new Map(lines(parts, name).map((line): [string, string] => [line.split(/ [ *-]*/)[1] ?? "", line.slice(0, 64)]));
  const [written, found] = [sums("manifest"), sums("sums")];
  const damaged = [BOOT_COPY, TMPFILES_CONF].filter(
    (path) => written.get(path) === undefined || written.get(path) !== found.get(path),
  );
  const copy = found.get(BOOT_COPY);
  const live = lines(parts, "topology-sum")[0]?.slice(0, 64);
  const isMeant = copy === meant.sum || live === undefined || copy === live;
  const isItsPlace = parts.get("tmpfiles-conf") === tmpfilesConf(meant.topologyFile);
  return { persistent: damaged.length === 0 && isMeant && isItsPlace, damaged };
}
