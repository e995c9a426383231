import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnDetached } from "../child";
import { within } from "../within";

/** Longest path of a folder for sockets: a socket's may have 107 bytes (unix(7)), and ssh adds 17 to it for a while. */
const MAX_DIR = 70;
/** Time for removing what a connection has left, in milliseconds. */
const END_MS = 3000;

/**
 * Makes the pipe, starts the agent, waits for the end of standard input, and leaves nothing behind. `-O exit` ends a
 * connection whose owner was killed while commands ran.
 */
const SCRIPT = `dir=$1
mkfifo -m 600 "$dir/password" || exit 1
if [ "$2" ]; then ssh-agent -D -a "$dir/agent" & agent=$!; else echo ready; fi
cat > /dev/null
[ ! -S "$dir/master" ] || ssh -F /dev/null -S "$dir/master" -O exit master > /dev/null 2>&1
[ ! "$agent" ] || kill "$agent"
rm -rf "$dir"`;

/** A connection's folder, which nobody else can enter, and a process that removes it when this one has ended. */
export class Keeper {
  private constructor(
    private readonly dir: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {}

  /** @param agent whether a key agent is wanted */
  static async start(agent: boolean): Promise<Keeper> {
    const parent = Buffer.byteLength(tmpdir()) < MAX_DIR - "/gpudirect-XXXXXX".length ? tmpdir() : "/tmp";
    const dir = mkdtempSync(join(parent, "gpudirect-"));
    const child = spawnDetached(["sh", "-c", SCRIPT, "sh", dir, agent ? "agent" : ""]);
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    const ready = once(child.stdout, "data").then(() => true);
    const ended = once(child, "close").then(() => false);
    if (await Promise.race([ready, ended]).catch(() => false)) return new Keeper(dir, child);
    rmSync(dir, { recursive: true, force: true });
    throw new Error(`its folder for sockets could not be made in ${parent}: ${said.trim()}`);
  }

  /** Path of a file or socket in the folder. */
  path(name: "master" | "agent" | "password" | "askpass" | "known_hosts" | "key.pub"): string {
    return join(this.dir, name);
  }

  /** Lets this process end while the keeper waits for it to. */
  unref(): void {
    unrefChild(this.child);
  }

  /** Removes the folder and ends the agent. */
  async end(): Promise<void> {
    const closed = once(this.child, "exit").catch(() => undefined);
    const gone = this.child.exitCode !== null || this.child.signalCode !== null;
    this.child.stdin.end();
    if (!gone) await within(closed, END_MS);
  }
}

/** Lets this process end although a child runs. */
export function unrefChild(child: ChildProcessWithoutNullStreams): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    // A pipe of a child is a socket, which the types do not say.
    (stream as unknown as { unref?: () => void }).unref?.();
  }
}
