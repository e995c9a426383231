import { guestAddresses } from "../../../core/domain/bus-numbers";
import { checkDocument } from "../../../core/domain/check-document";
import { passedThrough } from "../../../core/domain/host-devices";
import type { Problem } from "../../../core/problems";
import { Virsh } from "../../libvirt/virsh";
import type { ResourceDefinition } from "../../protocol/definition";
import { LocalReach } from "../../reach/local";
import { applyDomain, documentIn, stopDomain, unlessDone } from "./apply";
import { KEPT, observedDomain } from "./observe";
import { type DomainInputs, type DomainOutputs, domainInputs, domainOutputs } from "./shapes";
import { verifyDomain } from "./verify";

const reach = new LocalReach();
const virsh = new Virsh(reach);
const nameIn = (id: string): string => id.replace(/^local\/domain\//, "");

export const domainDefinition: ResourceDefinition<DomainInputs, DomainOutputs> = {
  token: "gpudirect:index:Domain",
  description:
    "A libvirt domain as a document: PCI tree, NUMA cells, passed-through devices, disks and interfaces are maps keyed by host address or name. Its definition changes in one step (what libvirt refuses leaves the old domain), and what the document does not model is kept.",
  inputs: domainInputs,
  outputs: domainOutputs,
  replaceOn: ["name", "host"],
  kept: KEPT,
  assigned: ["uuid", "interfaces[*].mac", "interfaces[*].rootPort", "disks[*].rootPort"],
  check: checkDomain,
  id: ({ host, name }) => `${host}/domain/${name}`,

  async observe(context, id) {
    if (!id.startsWith("local/domain/")) throw new Error(`${id} is no domain's id; it reads local/domain/NAME`);
    const domain = await virsh.read(context, nameIn(id));
    return domain && (observedDomain(domain) as DomainOutputs);
  },

  refuseTakeover(context, { owner, name }) {
    if (owner === context.owner) return undefined;
    const whose = owner === undefined ? "was not made by this provider" : `belongs to stack ${owner}`;
    return `a domain ${name} is there already and ${whose}; import it (local/domain/${name}), or choose another name`;
  },

  apply: (context, target) => applyDomain(context, reach, virsh, target),
  verify: (context, observed, inputs) => verifyDomain(context, virsh, observed, inputs),

  async destroy(context, id, state) {
    const name = nameIn(id);
    const domain = await virsh.read(context, name);
    if (domain === undefined) return;
    if (domain.state !== "shut off") await stopDomain(context, virsh, name, state.stopTimeoutSeconds);
    await unlessDone(virsh.undefine(context, name), async () => (await virsh.read(context, name)) === undefined);
  },

  previewNeeds: ["expanderBuses", "switches", "devices"],
  preview: (target, observed) => ({ ...(observed && { uuid: observed.uuid }), guestAddresses: guestAddresses(target) }),
};

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
