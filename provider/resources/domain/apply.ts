import type { Change } from "../../../core/diff/field-diff";
import { type DomainDocument, domainDocument } from "../../../core/domain/document";
import { redefineDomain, renderDomain } from "../../../core/domain/domain-xml";
import { compareHostDevices, identityScript, passedThrough } from "../../../core/domain/host-devices";
import { inNames, referencesIn } from "../../../core/domain/references";
import { Refusal } from "../../../core/problems";
import type { Virsh } from "../../libvirt/virsh";
import type { ResourceContext } from "../../protocol/definition";
import type { DomainInputs } from "./shapes";
import { stopDomain } from "./stop";

const LOOK_MS = 30_000;
/** Seconds that QEMU 7.2 takes on two cores, the first probe of its abilities not counted; only shown. */
const EXPECTED_DEFINE_S = 1;
const EXPECTED_START_S = 3;

/** What a running guest need not be restarted for. */
const BESIDES_THE_GUEST: readonly unknown[] = ["running", "maintenance"] satisfies (keyof DomainInputs)[];

/**
 * Makes a domain be as wanted: defines it, then starts, restarts or stops it. The definition is changed in one step:
 * where libvirt refuses the XML, the old domain stays as it was.
 */
export async function applyDomain(
  context: ResourceContext,
  virsh: Virsh,
  wanted: DomainInputs,
  changes: readonly Change[],
): Promise<void> {
  await refuseOtherDevices(context, wanted);
  const { name } = wanted;
  const document = await documentInNames(context, virsh, wanted);
  const before = await virsh.read(context, name);
  const metadata = { owner: context.owner, maintenance: wanted.maintenance };
  const xml = before ? redefineDomain(before.xml, document, metadata) : renderDomain(document, { metadata });
  const task = before ? "redefining the domain" : "defining the domain";
  await context.phase(task, EXPECTED_DEFINE_S, () => virsh.define(context, name, xml));

  const isRunning = before !== undefined && before.state !== "shut off";
  const guestDiffers = changes.some(({ keys }) => !BESIDES_THE_GUEST.includes(keys[0]));
  const restarts = guestDiffers && wanted.restart === "graceful";
  if (isRunning && (!wanted.running || restarts)) await stopDomain(context, virsh, name, wanted.stopTimeoutSeconds);
  if (wanted.running && (!isRunning || restarts)) {
    await context.phase("starting the domain", startSeconds(wanted), () => virsh.start(context, name));
  } else if (wanted.running && guestDiffers) {
    context.warn(`${name} goes on running as it is; the change takes effect at its next start (see pendingRestart)`);
  }
}

/** Devices that are passed through need all memory pinned, which takes as long as there is memory. */
const startSeconds = (wanted: DomainInputs): number | undefined =>
  passedThrough(wanted).length > 0 || wanted.lockedMemory ? undefined : EXPECTED_START_S;

/** Looks at what the host has at the addresses, before anything is written. */
async function refuseOtherDevices(context: ResourceContext, wanted: DomainInputs): Promise<void> {
  const addresses = passedThrough(wanted);
  if (addresses.length === 0) return;
  const { reach } = context.machine;
  const name = "look at the devices to pass through";
  const { stdout } = await reach.run(identityScript(addresses), { signal: context.signal, timeoutMs: LOOK_MS, name });
  const problems = compareHostDevices(addresses, wanted.expectedDevices, stdout.toString());
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** The document as libvirt takes it. @throws Refusal where it names by id what is not there */
async function documentInNames(context: ResourceContext, virsh: Virsh, wanted: DomainInputs): Promise<DomainDocument> {
  const document = documentIn(wanted);
  const found = await virsh.lookUp(context, wanted.name, referencesIn(document));
  const named = inNames(document, found);
  if (named.problems.length > 0) throw new Refusal(named.problems);
  return named.document;
}

/** The document in the inputs: what is not of the document says how to work. */
export function documentIn(inputs: DomainInputs): DomainDocument {
  const document = Object.keys(domainDocument.shape).map((key) => [key, inputs[key as keyof DomainDocument]] as const);
  return Object.fromEntries(document.filter(([, value]) => value !== undefined)) as DomainDocument;
}
