import { type Reach, ReachError, type ReachPhase, type RunResult } from "../reach";
import { HOST_EXIT } from "./host-script";

/** libvirt or the guest's agent refused or did not answer: carries libvirt's own words. */
export class AgentError extends ReachError {
  constructor(
    machine: string,
    task: string,
    phase: ReachPhase,
    override readonly reason: string,
    advice: string,
    /** Whether it may be otherwise in a while: the guest boots, or is being started. */
    readonly mayPass: boolean,
  ) {
    super(machine, task, phase, `${reason}; ${advice}`);
  }
}

interface Kind {
  readonly words: RegExp;
  readonly phase: ReachPhase;
  readonly advice: string;
  readonly mayPass: boolean;
}

const BOOTS = "see whether the guest boots and runs qemu-guest-agent";

/** What libvirt (src/qemu/qemu_domain.c, qemu_agent.c) and the agent (qga, qapi/qmp-dispatch.c) say, and what to do. */
const KINDS: readonly Kind[] = [
  {
    words: /failed to get domain|Domain not found/i,
    phase: "off",
    advice: "see `virsh list --all` on the host",
    mayPass: false,
  },
  {
    words: /domain is not running/i,
    phase: "off",
    advice: "it is shut off or paused: start it, or go on with `virsh resume`",
    mayPass: true,
  },
  {
    words: /agent is not configured/i,
    phase: "connect",
    advice: "give the domain the channel org.qemu.guest_agent.0 and restart it",
    mayPass: false,
  },
  { words: /agent is not connected|due to an error/i, phase: "connect", advice: BOOTS, mayPass: true },
  {
    words: /has been disabled|has not been found|not allowed/i,
    phase: "privilege",
    advice:
      "the guest's agent must allow guest-exec, guest-exec-status and guest-file-*: see block-rpcs, allow-rpcs or BLACKLIST_RPC in /etc/qemu/qemu-ga.conf or /etc/sysconfig/qemu-ga, then restart qemu-guest-agent",
    mayPass: false,
  },
];

/** The error for a script of `host-script.ts` that did not end well. */
export function failureOf(machine: string, host: Reach, task: string, result: RunResult): ReachError {
  const { exitCode } = result;
  if (exitCode === HOST_EXIT.noVirsh) {
    return new ReachError(host.machine, task, "start", "there is no program virsh; install libvirt's clients");
  }
  const said = wordsOf(result.stderr);
  const reason = `libvirt on ${host.machine} says: ${said || "nothing"}`;
  if (!Object.values<number>(HOST_EXIT).includes(exitCode)) {
    return new ReachError(
      machine,
      task,
      "lost",
      `a script on ${host.machine} ended with ${exitCode}: ${result.stderr.trim()}`,
    );
  }
  if (exitCode === HOST_EXIT.wait) {
    const advice = `so whether it took effect is not known; see whether the guest is paused, hangs or was restarted`;
    return new AgentError(
      machine,
      task,
      "lost",
      `the guest agent was lost while the command ran: ${reason}`,
      advice,
      true,
    );
  }
  const kind = KINDS.find(({ words }) => words.test(said));
  if (kind) return new AgentError(machine, task, kind.phase, reason, kind.advice, kind.mayPass);
  if (/not responding|not available|timed out/i.test(said)) {
    const advice = `the guest agent took the message and gave no answer, so whether it took effect is not known; ${BOOTS}`;
    return new AgentError(machine, task, "lost", reason, advice, true);
  }
  const what =
    exitCode === HOST_EXIT.upload ? "input could not be written to /run in the guest" : "the guest agent refused";
  return new AgentError(
    machine,
    task,
    exitCode === HOST_EXIT.send ? "connect" : "lost",
    `${what}: ${reason}`,
    BOOTS,
    true,
  );
}

/** virsh prints `error: WHAT` and `error: WHY`. */
function wordsOf(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.replace(/^error: /, "").trim());
  return lines.filter((line) => line !== "").join(": ");
}
