import { formatPath, type Keys } from "../../core/diff/path";
import { getKey, isPlainObject, type PlainObject } from "../../core/diff/plain";
import { hasUnknown } from "../../core/diff/unknown";
import { checkShape } from "../protocol/check";
import { InvalidRequest } from "../protocol/errors";
import { MachineUnknown } from "../protocol/inventory";
import { guestHostProblem } from "./check";
import { unknownMachine } from "./names";
import { type Access, access, connection as connectionShape, LOCAL } from "./shapes";

/** `hosts` of a configuration; undefined where it is not known yet. */
export type Hosts = PlainObject | undefined;

/** How a machine is reached. What is said of its BMC may be unknown where the rest is known. */
export interface KnownAccess extends Access {
  readonly bmcUnknown: boolean;
}

/** What is wrong with a connection beside the host `local`. */
export const NO_CONNECTION = `${LOCAL} is the machine that the provider runs on and takes no connection; give the machine of the connection another name as host`;

/**
 * How a machine is reached, with defaults: as `connection` says, or else the configuration.
 * @throws MachineUnknown where that is not known yet
 * @throws InvalidRequest where there is no such machine, or the connection is wrong
 */
export function accessTo(name: string, connection: PlainObject | undefined, hosts: Hosts): KnownAccess {
  const found = connection ? ofConnection(name, connection) : ofConfiguration(name, hosts);
  const host = found.guestAgent?.host;
  const problem = host !== undefined && hosts ? guestHostProblem(name, host, hosts) : undefined;
  if (problem) throw invalid(name, ["guestAgent", "host"], problem);
  return found;
}

function ofConnection(name: string, connection: PlainObject): KnownAccess {
  if (name === LOCAL) {
    throw new InvalidRequest(NO_CONNECTION);
  }
  return parsed(name, connectionShape, connection);
}

function ofConfiguration(name: string, hosts: Hosts): KnownAccess {
  if (!hosts) throw new MachineUnknown(name);
  const entry = getKey(hosts, name);
  if (entry === undefined && name !== LOCAL) throw new InvalidRequest(unknownMachine(name, hosts));
  if (!isPlainObject(entry) && entry !== undefined) throw new MachineUnknown(name);
  return parsed(name, access, entry ?? {});
}

function parsed(name: string, schema: typeof access, { bmc, ...value }: PlainObject): KnownAccess {
  if (hasUnknown(value)) throw new MachineUnknown(name);
  // Work that is not on the BMC can go on meanwhile.
  const bmcUnknown = hasUnknown(bmc);
  const { inputs, problems } = checkShape(schema, bmcUnknown ? value : { ...value, bmc });
  // A state may hold what an older version wrote.
  const [first] = problems;
  if (first) throw invalid(name, [], first.path ? `${first.path}: ${first.message}` : first.message);
  return { ...(inputs as Access), bmcUnknown };
}

function invalid(name: string, keys: Keys, message: string): InvalidRequest {
  return new InvalidRequest(
    `how ${name} is reached is wrong: ${keys.length > 0 ? `${formatPath(keys)}: ` : ""}${message}`,
  );
}
