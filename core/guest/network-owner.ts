import type { ProbeSections } from "../topology/probe-sections";
import type { AdapterFacts } from "./settings";

/** Who configures an interface, and by what. */
export type Ownership = Pick<AdapterFacts, "owner" | "ownerProfile" | "netplan">;

interface Connection {
  readonly uuid?: string;
  readonly name: string;
}

/**
 * Who configures an interface at boot. A NetworkManager that has a connection on it comes first, for what else is
 * configured is then not in force; one that manages it but has none comes last.
 */
export function networkOwner(probe: ProbeSections, name: string, index: string | undefined): Ownership {
  const connection = networkManagerConnection(probe.lines("network-manager"), name);
  if (connection?.uuid !== undefined) {
    const netplan = /^netplan-(.+)$/.exec(connection.name)?.[1];
    return withNetplan({ owner: "NetworkManager", ownerProfile: connection.uuid }, netplan);
  }
  const file = networkdFile(probe.lines("networkd"), index);
  if (file !== undefined) {
    const netplan = /\/10-netplan-([^/]+)\.network$/.exec(file)?.[1];
    return withNetplan({ owner: "networkd", ownerProfile: file }, netplan);
  }
  const stanza = ifupdownFile(probe.lines("ifupdown"), probe.lines("ifupdown-state"), name);
  if (stanza !== undefined) return { owner: "ifupdown", ownerProfile: stanza };
  return { owner: connection === undefined ? "none" : "NetworkManager" };
}

const withNetplan = (ownership: Ownership, netplan: string | undefined): Ownership =>
  netplan === undefined ? ownership : { ...ownership, netplan };

/**
 * `INDEX:KEY=VALUE` lines of /run/systemd/netif/links (systemd src/network/networkd-link.c, link_save): no NETWORK_FILE for a
 * link that no .network file matches; ADMIN_STATE is unmanaged where the file says Unmanaged=yes.
 */
function networkdFile(lines: readonly string[], index: string | undefined): string | undefined {
  const value = (key: string) =>
    lines.find((line) => line.startsWith(`${index}:${key}=`))?.slice(`${index}:${key}=`.length);
  return value("ADMIN_STATE") === "unmanaged" ? undefined : value("NETWORK_FILE");
}

/**
 * `DEVICE:STATE:CON-UUID:CONNECTION` lines of `nmcli -t`, with `\:` and `\\` in values. Undefined where it leaves the device
 * alone: state "unmanaged", or "connected (externally)", where it mirrors what somebody else configured.
 */
function networkManagerConnection(lines: readonly string[], device: string): Connection | undefined {
  for (const line of lines) {
    const fields = line.match(/(?:^|:)(?:\\.|[^:\\])*/g) ?? [];
    const [name, state = "", uuid = "", connection = ""] = fields.map((field, position) =>
      (position === 0 ? field : field.slice(1)).replace(/\\(.)/g, "$1"),
    );
    if (name !== device) continue;
    if (state === "unmanaged" || state.includes("externally")) return undefined;
    return { ...(/^[0-9a-f-]{36}$/.test(uuid) ? { uuid } : {}), name: connection };
  }
  return undefined;
}

/** File of the stanza: of the interface's name, or of the logical one that it was brought up as (`NAME=LOGICAL`). */
function ifupdownFile(lines: readonly string[], state: readonly string[], name: string): string | undefined {
  const logical = state.map((line) => line.trim()).find((line) => line.startsWith(`${name}=`));
  const names = new Set([name, ...(logical === undefined ? [] : [logical.slice(name.length + 1)])]);
  let file: string | undefined;
  for (const line of lines) {
    const [word, operand = ""] = line.trim().split(/\s+/);
    if (word === "@") file = operand;
    else if (word === "iface" && names.has(operand)) return file;
  }
  return undefined;
}
