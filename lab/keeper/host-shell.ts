import { Refusal } from "../../core/problems";
import { guestExec } from "./guest-agent";
import type { SimulatedHost } from "./simulated-host";

const LIMIT_MS = 180_000;

/**
 * Runs a script of sh as root in the simulated host, past its network.
 * @throws Error with what it wrote where it fails, where the host is off or its agent does not answer yet
 */
export async function hostShell(host: SimulatedHost, script: string, input = "", limitMs = LIMIT_MS): Promise<string> {
  if (host.powerState() !== "On") {
    throw new Refusal([{ path: "", message: `${host.spec.name} is off; switch it on first` }]);
  }
  const { agent } = host.directory.sockets;
  const { status, stdout, stderr } = await guestExec(agent, ["/bin/sh", "-c", script], limitMs, input);
  if (status !== 0) throw new Error(`in ${host.spec.name}: status ${status}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}
