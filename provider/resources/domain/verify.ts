import { compareGuestTree } from "../../../core/domain/compare-guest-tree";
import { PROBE_SCRIPT } from "../../../core/topology/probe-script";
import { parseProbe } from "../../../core/topology/sysfs";
import { runInGuest, waitForAgent } from "../../libvirt/guest-agent";
import type { Virsh } from "../../libvirt/virsh";
import type { WorkContext } from "../../protocol/definition";
import { documentIn } from "./apply";
import type { DomainInputs, DomainOutputs } from "./shapes";

/** Seconds that a small guest takes to its agent under emulation; only shown. */
const EXPECTED_BOOT_S = 30;

/**
 * Reads the guest's own tree through its agent and compares it with the plan. A guest that still runs an earlier
 * definition is not judged by the new one.
 */
export async function verifyDomain(
  context: WorkContext,
  virsh: Virsh,
  domain: DomainOutputs,
  inputs: DomainInputs,
): Promise<{ outputs: Partial<DomainOutputs>; problems: string[] }> {
  const isCurrent = domain.state === "running" && domain.pendingRestart.length === 0;
  if (!inputs.verifyGuest || !isCurrent) return { outputs: {}, problems: [] };
  const { name, verifyTimeoutSeconds: seconds } = inputs;
  await waitForAgent(context, virsh, name, { seconds, expected: EXPECTED_BOOT_S });
  context.status("reading the guest's PCI tree through its agent");
  const probe = await runInGuest(context, virsh, name, PROBE_SCRIPT, seconds);
  const guestTopology = parseProbe(probe, `guest ${name}, read from inside`);
  return { outputs: { guestTopology }, problems: compareGuestTree(documentIn(inputs), guestTopology) };
}
