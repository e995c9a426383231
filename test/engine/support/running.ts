import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  /** Standard output and standard error, as they came. */
  readonly text: string;
}

/** A command of the CLI that runs. */
export class Running {
  readonly ended: Promise<Outcome>;
  private readonly child: ChildProcess;
  private text = "";

  constructor(program: string, args: string[], cwd: string, env: NodeJS.ProcessEnv) {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      this.text += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      this.text += chunk;
    });
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? 137, stdout, text: this.said }));
    });
  }

  /** What it has printed so far. */
  get said(): string {
    return withoutColour(this.text);
  }

  /** Ctrl-C in a terminal: SIGINT to the CLI, which tells its plugins. */
  interrupt(): void {
    this.child.kill("SIGINT");
  }

  /**
   * SIGKILL to the engine and to its plugins and language hosts, at once. A virsh that a plugin has started is in a
   * process group of its own, and goes on.
   */
  async kill(): Promise<void> {
    const pid = this.child.pid as number;
    const groups = [pid, ...childrenOf(pid)];
    for (const group of groups) signal(group);
    await this.ended;
  }
}

/** The engine makes each plugin the leader of a process group. */
function signal(group: number): void {
  for (const target of [-group, group]) {
    try {
      process.kill(target, "SIGKILL");
    } catch {
      // It has ended, or leads no group.
    }
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
        return Number(rest.split(" ")[1]) === parent;
      } catch {
        return false;
      }
    });
}

const withoutColour = (text: string): string =>
  text.replace(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), "");
