import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Refusal } from "../core/problems";
import { formatHostFile } from "../core/topology/host-file";
import { PROBE_SCRIPT } from "../core/topology/probe-script";
import { readProbe } from "../core/topology/sysfs";
import { LocalReach } from "../provider/reach/local";
import { type Reach, ReachError } from "../provider/reach/reach";
import { SshReach } from "../provider/reach/ssh/ssh";
import { parseSshTarget } from "./ssh-target";

const USAGE = `usage: gpudirect discover [ssh://user@host[:port]] [--ssh-config FILE]

Prints a host file: the PCI tree, NUMA nodes, links, BARs and IOMMU groups of this machine, or of another one by
OpenSSH's client, with the user's ssh configuration or FILE. Run it as root to have ACS, ATS and serial numbers in it.
The file holds no secrets.
`;

/** Longest time for reading a machine, in milliseconds; it takes a second on a large one. */
const TIMEOUT_MS = 120_000;
/** Longest time for connecting and logging in, in seconds. */
const CONNECT_SECONDS = 15;

/**
 * `gpudirect discover`: prints a host file on standard output, warnings and errors on standard error.
 * Returns the exit code: 0, 1 where the machine cannot be read, 2 for wrong arguments.
 */
export async function discover(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(USAGE);
    return 0;
  }
  const target = targetOf(args);
  if (!target) {
    process.stderr.write(USAGE);
    return 2;
  }
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
  try {
    const reach = reachOf(target);
    const text = await probe(reach, cancel.signal).finally(() => reach.close());
    const { host, warnings } = readProbe(text, `${reach.machine}, read from /sys`);
    for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
    process.stdout.write(formatHostFile(host));
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof ReachError)) throw error;
    process.stderr.write(`error: ${error.message}\n`);
    return 1;
  } finally {
    process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
  }
}

interface Target {
  /** Absent: this machine. */
  readonly url?: string;
  readonly configFile?: string;
}

/** Undefined for arguments that are wrong. */
function targetOf(args: string[]): Target | undefined {
  try {
    const options = { "ssh-config": { type: "string" } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [url, ...more] = positionals;
    const file = values["ssh-config"];
    if (more.length > 0 || file === "" || (file !== undefined && url === undefined)) return undefined;
    return { ...(url !== undefined && { url }), ...(file !== undefined && { configFile: resolve(file) }) };
  } catch {
    return undefined;
  }
}

function reachOf({ url, configFile }: Target): Reach {
  if (url === undefined) return new LocalReach();
  const access = { ...parseSshTarget(url), configFile };
  const name = access.user === undefined ? access.address : `${access.user}@${access.address}`;
  return new SshReach(name, { ...access, connectTimeoutSeconds: CONNECT_SECONDS, sudo: false });
}

async function probe(reach: Reach, signal: AbortSignal): Promise<string> {
  const options = { signal, timeoutMs: TIMEOUT_MS, name: "read the topology" };
  const { exitCode, stdout, stderr } = await reach.run(PROBE_SCRIPT, options);
  if (exitCode === 0) return stdout.toString();
  const message = `${reach.machine}: the probe ended with exit code ${exitCode}: ${stderr.trim().slice(-2000)}`;
  throw new Refusal([{ path: "", message }]);
}
