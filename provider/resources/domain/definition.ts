import { guestAddresses } from "../../../core/domain/bus-numbers";
import { checkDocument } from "../../../core/domain/check-document";
import { passedThrough } from "../../../core/domain/host-devices";
import { referencesIn } from "../../../core/domain/references";
import type { Problem } from "../../../core/problems";
import { Virsh } from "../../libvirt/virsh";
import type { ResourceDefinition } from "../../protocol/definition";
import { applyDomain, documentIn } from "./apply";
import { KEPT, observedDomain, ownerIn } from "./observe";
import { type DomainInputs, type DomainOutputs, domainInputs, domainOutputs } from "./shapes";
import { stopDomain, unlessDone } from "./stop";
import { verifyDomain } from "./verify";

export const domainDefinition: ResourceDefinition<DomainInputs, DomainOutputs> = {
  token: "gpudirect:index:Domain",
  description:
    "A libvirt domain as a document: PCI tree, NUMA cells, passed-through devices, disks and interfaces are maps keyed by host address or name. Its definition changes in one step (what libvirt refuses leaves the old domain), and what the document does not model is kept.",
  kind: "domain",
  inputs: domainInputs,
  outputs: domainOutputs,
  replaceOn: ["name"],
  kept: KEPT,
  assigned: ["uuid", "interfaces[*].mac", "interfaces[*].rootPort", "disks[*].rootPort"],
  check: checkDomain,
  key: ({ name }) => name,
  ownerIn,
  pending: isRestartPending,

  async observe(context, key, inputs, known) {
    const domain = await new Virsh(context.machine).read(context, key, referencesIn(inputs, known));
    return domain && (observedDomain(domain, [inputs, known]) as DomainOutputs);
  },

  apply: (context, target, _observed, changes) => applyDomain(context, new Virsh(context.machine), target, changes),
  verify: verifyDomain,

  async destroy(context, key, { stopTimeoutSeconds }) {
    const virsh = new Virsh(context.machine);
    await stopDomain(context, virsh, key, stopTimeoutSeconds);
    await unlessDone(virsh.undefine(context, key), async () => (await virsh.state(context, key)) === undefined);
  },

  previewNeeds: ["expanderBuses", "switches", "devices"],
  preview: (target, observed) => ({ ...observedBefore(target, observed), guestAddresses: guestAddresses(target) }),
};

/** What a killed update has left undone. The state of a failed create holds inputs alone. */
function isRestartPending(
  { state, pendingRestart }: Partial<DomainOutputs>,
  { running, restart }: DomainInputs,
): "pendingRestart"[] {
  const runs = state !== undefined && state !== "shut off";
  return runs && running && restart === "graceful" && pendingRestart?.length ? ["pendingRestart"] : [];
}

/** Outputs that an update does not change. */
function observedBefore(target: DomainInputs, observed: DomainOutputs | undefined): Partial<DomainOutputs> {
  if (!observed) return {};
  const { uuid, machineType, startId } = observed;
  const runsOn = startId !== undefined && target.running && target.restart === "defer";
  return { uuid, machineType, ...(runsOn ? { startId } : {}) };
}

function checkDomain(inputs: DomainInputs): Problem[] {
  const problems = checkDocument(documentIn(inputs));
  if (passedThrough(inputs).length > 0 && inputs.notChecked.length > 0) {
    problems.push({
      path: "notChecked",
      message: `host devices are passed through, but these checks were not made: ${inputs.notChecked.join("; ")}; plan from a live host (getHostTopology), or rehearse`,
    });
  }
  if (inputs.verifyGuest && !inputs.guestAgent) {
    problems.push({ path: "verifyGuest", message: "needs the guest agent; set guestAgent, or leave verifyGuest out" });
  }
  return problems;
}
