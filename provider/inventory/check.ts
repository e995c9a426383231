import { formatPath } from "../../core/diff/path";
import { getKey, isPlainObject, type PlainObject } from "../../core/diff/plain";
import type { Problem } from "../../core/problems";
import { unknownMachine } from "./names";
import { LOCAL, waysProblem } from "./shapes";

/**
 * Problems of a configuration beyond shapes, all at once. Takes any configuration: what is unknown, or not of its
 * shape, is passed over.
 */
export function checkConfiguration(config: PlainObject): Problem[] {
  const { hosts } = config;
  if (!isPlainObject(hosts)) return [];
  return Object.entries(hosts).flatMap(([name, entry]) => {
    if (!isPlainObject(entry)) return [];
    return name === LOCAL
      ? localProblems(entry)
      : [...reachProblems(name, entry), ...guestProblems(name, entry, hosts)];
  });
}

function localProblems(entry: PlainObject): Problem[] {
  return ["ssh", "guestAgent"]
    .filter((way) => entry[way] !== undefined)
    .map((way) => ({
      path: formatPath(["hosts", LOCAL, way]),
      message: `${LOCAL} is the machine that the provider runs on and is not reached by ${way}; give this machine another name.`,
    }));
}

function reachProblems(name: string, { ssh, guestAgent }: PlainObject): Problem[] {
  const problem = waysProblem(ssh !== undefined, guestAgent !== undefined);
  return problem ? [{ path: formatPath(["hosts", name]), message: `${name} ${problem}.` }] : [];
}

function guestProblems(name: string, { guestAgent }: PlainObject, hosts: PlainObject): Problem[] {
  const host = isPlainObject(guestAgent) ? guestAgent.host : undefined;
  if (typeof host !== "string") return [];
  const message = guestHostProblem(name, host, hosts);
  return message === undefined ? [] : [{ path: formatPath(["hosts", name, "guestAgent", "host"]), message }];
}

/** What is wrong with the machine that a guest is to run on. */
export function guestHostProblem(guest: string, host: string, hosts: PlainObject): string | undefined {
  if (host === guest) return `${guest} cannot be its own host; name the machine that the guest runs on.`;
  if (host === LOCAL) return undefined;
  if (!Object.hasOwn(hosts, host)) return unknownMachine(host, hosts);
  const entry = getKey(hosts, host);
  if (!isPlainObject(entry) || entry.guestAgent === undefined) return undefined;
  return `${host} is itself reached by guestAgent; a guest within a guest needs ssh.`;
}
