import { SETTINGS_FILE, SYSCTL_FILE } from "../guest/own-files";
import { checkTopologyFile } from "../nccl/check-file";
import { checkEnvironment } from "../nccl/environment";
import { joinPath, type Problem } from "../problems";
import { unfitForPam } from "./env-file";
import { BOOT_COPY, ENVIRONMENT, fileOf, NCCL_CONF, OWN_FOLDER, TMPFILES_CONF } from "./files";

/** Inputs that are known, as far as they are checked beyond their shapes. */
export interface CheckedRuntime {
  readonly topology?: string | undefined;
  readonly topologyFile?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly rails?: readonly string[] | undefined;
}

/** Problems that need no guest to be seen. */
export function checkRuntime(inputs: CheckedRuntime): Problem[] {
  const { topology, topologyFile = "/", environment = {}, rails = [] } = inputs;
  const unread = topology === undefined ? [] : checkTopologyFile(topology);
  const unfit = Object.entries(environment).flatMap(([name, value]): Problem[] => {
    const message = fileOf(name) === ENVIRONMENT ? unfitForPam(value) : undefined;
    return message === undefined ? [] : [{ path: joinPath("environment", name), message }];
  });
  const repeated = rails.flatMap((address, index): Problem[] => {
    const first = rails.indexOf(address);
    const message = `${address} is rail ${first} already; each NIC is one rail`;
    return first === index ? [] : [{ path: joinPath("rails", index), message }];
  });
  const isPlain = !/\/(\.{0,2})\//.test(topologyFile) && !/\/\.{1,2}$/.test(topologyFile);
  const path = { path: "topologyFile", message: 'must be a plain path, without "//", "/./" or "/../"' };
  const use = usedFor(topologyFile);
  const used = { path: "topologyFile", message: `must be another file: ${topologyFile} ${use}` };
  const paths = [...(isPlain ? [] : [path]), ...(use === undefined ? [] : [used])];
  return [...unread, ...paths, ...checkEnvironment(environment), ...unfit, ...repeated];
}

/** What a file is for that cannot be the topology file; undefined for others. */
function usedFor(path: string): string | undefined {
  if (path === BOOT_COPY) return "keeps the file over a boot";
  if (path === NCCL_CONF || path === ENVIRONMENT) return "holds variables";
  const own = [TMPFILES_CONF, SETTINGS_FILE, SYSCTL_FILE];
  return own.includes(path) || path.startsWith(OWN_FOLDER) ? "is a file of this provider" : undefined;
}
