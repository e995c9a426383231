import { Refusal } from "../core/problems";
import { formatHostFile } from "../core/topology/host-file";
import { PROBE_SCRIPT } from "../core/topology/probe-script";
import { readProbe } from "../core/topology/sysfs";
import { LocalReach } from "../provider/reach/local";
import { ReachError, type RunResult } from "../provider/reach/reach";
import { parseSshTarget } from "./ssh-target";

const USAGE = `usage: gpudirect discover [ssh://user@host[:port]]

Prints a host file: the PCI tree, NUMA nodes, links, BARs and IOMMU groups of this machine, or of another one by
OpenSSH's client. Run it as root to have ACS, ATS and serial numbers in it. The file holds no secrets.
`;

/** Longest time for reading a machine, in milliseconds; it takes a second on a large one. */
const TIMEOUT_MS = 120_000;
/** Exit code of OpenSSH's client where it could not connect (ssh(1), exit status). */
const SSH_FAILED = 255;

/**
 * `gpudirect discover`: prints a host file on standard output, warnings and errors on standard error.
 * Returns the exit code: 0, 1 where the machine cannot be read, 2 for wrong arguments.
 */
export async function discover(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (args.length > 1) {
    process.stderr.write(USAGE);
    return 2;
  }
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  process.once("SIGINT", onInterrupt).once("SIGTERM", onInterrupt);
  try {
    const [address] = args;
    const { machine, text } = await probe(address, cancel.signal);
    const { host, warnings } = readProbe(text, `${machine}, read from /sys`);
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

async function probe(address: string | undefined, signal: AbortSignal): Promise<{ machine: string; text: string }> {
  const reach = new LocalReach();
  const options = { signal, timeoutMs: TIMEOUT_MS, name: "read the topology" };
  if (address === undefined) {
    const result = await reach.run(PROBE_SCRIPT, options);
    return { machine: reach.machine, text: outputOf(result, reach.machine) };
  }
  const { destination, port } = parseSshTarget(address);
  const portArgs = port === undefined ? [] : ["-p", port];
  const ssh: [string, ...string[]] = [
    "ssh",
    "-o",
    "BatchMode=yes",
    "-o",
    "ConnectTimeout=15",
    ...portArgs,
    "--",
    destination,
    "sh -s",
  ];
  const result = await reach.runProgram(ssh, { ...options, input: PROBE_SCRIPT });
  return { machine: destination, text: outputOf(result, destination) };
}

function outputOf({ exitCode, stdout, stderr }: RunResult, machine: string): string {
  if (exitCode === 0) return stdout.toString();
  const said = stderr.trim().slice(-2000);
  const message =
    exitCode === SSH_FAILED
      ? `${machine} cannot be reached by ssh: ${said}; check with "ssh ${machine} true", which must work without a question`
      : `${machine}: the probe ended with exit code ${exitCode}: ${said}`;
  throw new Refusal([{ path: "", message }]);
}
