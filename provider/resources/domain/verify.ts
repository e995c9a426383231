import { compareGuestTree } from "../../../core/domain/compare-guest-tree";
import { PROBE_SCRIPT } from "../../../core/topology/probe-script";
import { parseProbe } from "../../../core/topology/sysfs";
import type { ResourceContext } from "../../protocol/definition";
import { GuestAgentReach, waitUntilAnswers } from "../../reach/guest-agent";
import { documentIn } from "./apply";
import type { DomainInputs, DomainOutputs } from "./shapes";

/** Seconds that a small guest takes to its agent, and to read its tree, under emulation; only shown. */
const EXPECTED_BOOT_S = 30;
const EXPECTED_READ_S = 2;

/**
 * Reads the guest's own tree through its agent and compares it with the plan. A guest that still runs an earlier
 * definition is not judged by the new one.
 */
export async function verifyDomain(
  context: ResourceContext,
  domain: DomainOutputs,
  inputs: DomainInputs,
): Promise<{ outputs: Partial<DomainOutputs>; problems: string[] }> {
  const isCurrent = domain.state === "running" && domain.pendingRestart.length === 0;
  if (!inputs.verifyGuest || !isCurrent) return { outputs: {}, problems: [] };
  const { name, verifyTimeoutSeconds: seconds } = inputs;
  const { reach: host, libvirtUri } = context.machine;
  const guest = new GuestAgentReach(`guest ${name}`, { host, domain: name, libvirtUri });
  const { signal, status } = context;
  await waitUntilAnswers(guest, { seconds, expected: EXPECTED_BOOT_S, status, signal });
  const probe = await context.phase("reading the guest's PCI tree through its agent", EXPECTED_READ_S, () =>
    readTree(guest, signal, seconds),
  );
  const guestTopology = parseProbe(probe, `guest ${name}, read from inside`);
  return { outputs: { guestTopology }, problems: compareGuestTree(documentIn(inputs), guestTopology) };
}

async function readTree(guest: GuestAgentReach, signal: AbortSignal, seconds: number): Promise<string> {
  const task = "read its PCI tree";
  const { exitCode, stdout, stderr } = await guest.run(PROBE_SCRIPT, { signal, timeoutMs: seconds * 1000, name: task });
  if (exitCode === 0) return stdout.toString();
  throw new Error(`${guest.machine}: ${task}: the script ended with ${exitCode}: ${stderr.trim()}`);
}
