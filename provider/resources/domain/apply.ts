import { setTimeout as wait } from "node:timers/promises";
import { type DomainDocument, domainDocument } from "../../../core/domain/document";
import { redefineDomain, renderDomain } from "../../../core/domain/domain-xml";
import { compareHostDevices, identityScript, passedThrough } from "../../../core/domain/host-devices";
import { type DomainOnHost, LibvirtError, type Virsh } from "../../libvirt/virsh";
import type { WorkContext } from "../../protocol/definition";
import type { Reach } from "../../reach/reach";
import type { DomainInputs } from "./shapes";

const POLL_MS = 500;
const LOOK_MS = 30_000;
/** A guest that is still booting misses the power button, so it is asked again. */
const ASK_AGAIN_MS = 5000;

/**
 * Makes a domain be as wanted: defines it, then starts, restarts or stops it. The definition is changed in one step:
 * where libvirt refuses the XML, the old domain stays as it was.
 */
export async function applyDomain(
  context: WorkContext,
  reach: Reach,
  virsh: Virsh,
  wanted: DomainInputs,
): Promise<void> {
  const document = documentIn(wanted);
  await refuseOtherDevices(context, reach, wanted);
  const before = await virsh.read(context, wanted.name);
  const xml = before
    ? redefineDomain(before.xml, document, context.owner)
    : renderDomain(document, { owner: context.owner });
  context.status(before ? "redefining the domain" : "defining the domain");
  await virsh.define(context, wanted.name, xml);

  const isRunning = before !== undefined && before.state !== "shut off";
  if (isRunning && (!wanted.running || wanted.restart === "graceful")) {
    await stopDomain(context, virsh, wanted.name, wanted.stopTimeoutSeconds);
  }
  if (wanted.running && (!isRunning || wanted.restart === "graceful")) {
    context.status("starting the domain");
    await virsh.start(context, wanted.name);
  } else if (wanted.running && isRunning) {
    context.warn(
      `${wanted.name} goes on running as it is; the change takes effect at its next start (see pendingRestart)`,
    );
  }
}

/** Looks at what the host has at the addresses, before anything is written. */
async function refuseOtherDevices(context: WorkContext, reach: Reach, wanted: DomainInputs): Promise<void> {
  const addresses = passedThrough(wanted);
  if (addresses.length === 0) return;
  const name = "look at the devices to pass through";
  const { stdout } = await reach.run(identityScript(addresses), { signal: context.signal, timeoutMs: LOOK_MS, name });
  const problems = compareHostDevices(addresses, wanted.expectedDevices, stdout.toString());
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** Shuts the guest down, and powers it off where it has not ended in time. */
export async function stopDomain(context: WorkContext, virsh: Virsh, name: string, seconds: number): Promise<void> {
  const started = Date.now();
  let askedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const domain = await virsh.read(context, name);
    if (isOff(domain)) return;
    const elapsed = Math.round((Date.now() - started) / 1000);
    if (domain?.state === "paused") {
      context.warn(`${name} is paused, so it cannot shut down, and is powered off`);
      break;
    }
    if (elapsed >= seconds) {
      context.warn(`${name} did not shut down within ${seconds} s and is powered off`);
      break;
    }
    context.status(`shutting the guest down, ${elapsed} s of at most ${seconds} s`);
    if (Date.now() - askedAt >= ASK_AGAIN_MS) {
      await unlessDone(virsh.shutdown(context, name), async () => isOff(await virsh.read(context, name)));
      askedAt = Date.now();
    }
    await wait(POLL_MS, undefined, { signal: context.signal });
  }
  await unlessDone(virsh.powerOff(context, name), async () => isOff(await virsh.read(context, name)));
}

const isOff = (domain: DomainOnHost | undefined): boolean => domain === undefined || domain.state === "shut off";

/** A guest may end by itself between a look and a command: what libvirt refuses is no failure when it is done already. */
export async function unlessDone(action: Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await action;
  } catch (error) {
    if (!(error instanceof LibvirtError) || !(await isDone())) throw error;
  }
}

/** The document in the inputs: what is not of the document says how to work. */
export function documentIn(inputs: DomainInputs): DomainDocument {
  const document = Object.keys(domainDocument.shape).map((key) => [key, inputs[key as keyof DomainDocument]] as const);
  return Object.fromEntries(document.filter(([, value]) => value !== undefined)) as DomainDocument;
}
