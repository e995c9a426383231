import { setTimeout as wait } from "node:timers/promises";
import type { WorkContext } from "../protocol/definition";
import { LibvirtError, type Virsh } from "./virsh";

const POLL_MS = 250;
const COMMAND_SECONDS = 10;

/** Waits until the guest's agent answers. `expected` seconds are only shown. */
export async function waitForAgent(
  context: WorkContext,
  virsh: Virsh,
  name: string,
  limits: { seconds: number; expected: number },
): Promise<void> {
  const started = Date.now();
  for (;;) {
    const elapsed = Math.round((Date.now() - started) / 1000);
    try {
      await virsh.agentCommand(context, name, { execute: "guest-ping" }, COMMAND_SECONDS);
      return;
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      if (elapsed >= limits.seconds) {
        throw new Error(
          `the guest agent of ${name} did not answer within ${limits.seconds} s (${error.reason}); see whether the guest boots and runs qemu-guest-agent`,
        );
      }
    }
    context.status(`waiting for the guest agent, ${elapsed} s of about ${limits.expected} s`);
    await wait(POLL_MS, undefined, { signal: context.signal });
  }
}

interface ExecStatus {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly "out-data"?: string;
  readonly "err-data"?: string;
}

/** Runs a POSIX sh script in the guest and returns its standard output. */
export async function runInGuest(
  context: WorkContext,
  virsh: Virsh,
  name: string,
  script: string,
  limitSeconds: number,
): Promise<string> {
  const exec = {
    execute: "guest-exec",
    arguments: {
      path: "/bin/sh",
      arg: ["-s"],
      "input-data": Buffer.from(script).toString("base64"),
      "capture-output": true,
    },
  };
  const { pid } = (await virsh.agentCommand(context, name, exec, COMMAND_SECONDS)) as { pid: number };
  const started = Date.now();
  for (;;) {
    const ask = { execute: "guest-exec-status", arguments: { pid } };
    const status = (await virsh.agentCommand(context, name, ask, COMMAND_SECONDS)) as ExecStatus;
    if (status.exited) {
      if (status.exitcode === 0) return decode(status["out-data"]);
      throw new Error(`a script in guest ${name} ended with ${status.exitcode}: ${decode(status["err-data"])}`);
    }
    if (Date.now() - started > limitSeconds * 1000) {
      throw new Error(`a script in guest ${name} did not end within ${limitSeconds} s`);
    }
    await wait(POLL_MS, undefined, { signal: context.signal });
  }
}

const decode = (base64: string | undefined): string => Buffer.from(base64 ?? "", "base64").toString();
