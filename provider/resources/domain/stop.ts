import { setTimeout as wait } from "node:timers/promises";
import { LibvirtError, type Virsh } from "../../libvirt/virsh";
import type { WorkContext } from "../../protocol/definition";

const POLL_MS = 500;
/** A guest that is still booting misses the power button, so it is asked again. */
const ASK_AGAIN_MS = 5000;

/** Shuts the guest down, and powers it off where it has not ended in time. */
export async function stopDomain(context: WorkContext, virsh: Virsh, name: string, seconds: number): Promise<void> {
  const refusal = await context.phase(`shutting the guest down (at most ${seconds} s)`, undefined, () =>
    shutDown(context, virsh, name, seconds),
  );
  if (refusal === undefined) return;
  context.warn(`${name} ${refusal} and is powered off`);
  await unlessDone(virsh.powerOff(context, name), () => isOff(context, virsh, name));
}

/** Asks until the guest has ended. Returns why it does not end. */
async function shutDown(
  context: WorkContext,
  virsh: Virsh,
  name: string,
  seconds: number,
): Promise<string | undefined> {
  const started = Date.now();
  let askedAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    const state = await virsh.state(context, name);
    if (state === undefined || state === "shut off") return undefined;
    if (state === "paused") return "is paused, so it cannot shut down,";
    if (Date.now() - started >= seconds * 1000) return `did not shut down within ${seconds} s`;
    if (Date.now() - askedAt >= ASK_AGAIN_MS) {
      await unlessDone(virsh.shutdown(context, name), () => isOff(context, virsh, name));
      askedAt = Date.now();
    }
    await wait(POLL_MS, undefined, { signal: context.signal });
  }
}

async function isOff(context: WorkContext, virsh: Virsh, name: string): Promise<boolean> {
  const state = await virsh.state(context, name);
  return state === undefined || state === "shut off";
}

/** A guest may end by itself between a look and a command: what libvirt refuses is no failure when it is done already. */
export async function unlessDone(action: Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await action;
  } catch (error) {
    if (!(error instanceof LibvirtError) || !(await isDone())) throw error;
  }
}
