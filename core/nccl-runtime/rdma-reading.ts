import { functionOfPath, linksIn } from "../topology/probe-sections";
import type { RdmaDevice } from "./rdma-device";

type Section = (name: string) => readonly string[];
type Gid = RdmaDevice["gids"][string];

/** Values of `DEVICE/ports/PORT/PATH:VALUE` lines, by `DEVICE/ports/PORT` and by the end of PATH. */
function ofPorts(lines: readonly string[]): Map<string, Map<string, string>> {
  const ports = new Map<string, Map<string, string>>();
  for (const line of lines) {
    const [, port = "", key = "", value = ""] = /^([^/]+\/ports\/\d+)\/(?:[^:]*\/)?([^:/]+):(.*)$/.exec(line) ?? [];
    if (port !== "") ports.set(port, (ports.get(port) ?? new Map<string, string>()).set(key, value.trim()));
  }
  return ports;
}

/**
 * Ports of RDMA devices, by name and number (linux Documentation/ABI/stable/sysfs-class-infiniband). A soft device is
 * of no PCI function by itself: `parent` names the interface that it works on (rdma_rxe, siw).
 */
export function rdmaDevices(section: Section, functionOfInterface: ReadonlyMap<string, string>): RdmaDevice[] {
  const facts = ofPorts(section("rdma-ports"));
  const gids = ofPorts(section("rdma-gids"));
  const types = ofPorts(section("rdma-gid-types"));
  const owners = ofPorts(section("rdma-gid-interfaces"));
  const pkeys = ofPorts(section("rdma-pkeys"));
  const parents = new Map(
    section("rdma-ports").flatMap((line): [string, string][] => {
      const [, device, parent] = /^([^/]+)\/parent:(\S+)$/.exec(line) ?? [];
      return device === undefined || parent === undefined ? [] : [[device, parent]];
    }),
  );
  return [...linksIn(section("rdma-links"))].flatMap(([name, target]): RdmaDevice[] => {
    const ports = [...facts.keys()].flatMap((key) =>
      key.startsWith(`${name}/ports/`) ? [Number(key.split("/")[2])] : [],
    );
    const parent = parents.get(name) ?? [...(owners.get(`${name}/ports/1`)?.values() ?? [])][0] ?? "";
    const address = functionOfPath(target) ?? functionOfInterface.get(parent);
    return ports
      .sort((a, b) => a - b)
      .map((port): RdmaDevice => {
        const key = `${name}/ports/${port}`;
        const fact = (of: string) => facts.get(key)?.get(of) ?? "";
        const isInfiniBand = fact("link_layer") === "InfiniBand";
        return {
          name,
          ...(address === undefined ? {} : { address }),
          port,
          linkLayer: isInfiniBand ? "infiniband" : "ethernet",
          state: fact("state").replace(/^\d+: */, ""),
          interfaces: [...new Set(owners.get(key)?.values())],
          gids: Object.fromEntries(
            inOrder(gids.get(key)).map(([index, gid]): [string, Gid] => {
              const owner = owners.get(key)?.get(index);
              const type = types.get(key)?.get(index) ?? "";
              return [index, { gid, type, ...(owner === undefined ? {} : { interface: owner }) }];
            }),
          ),
          ...(isInfiniBand
            ? {
                pkeys: inOrder(pkeys.get(key)).map(([, value]) => value),
                // The subnet manager's LID: 0 until one has configured the port.
                subnetManager: Number(fact("sm_lid") || 0) !== 0,
              }
            : {}),
        };
      });
  });
}

const inOrder = (entries: ReadonlyMap<string, string> = new Map()): [string, string][] =>
  [...entries].sort(([a], [b]) => Number(a) - Number(b));
