import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "./environment";
import { until } from "./until";

/** virsh commands that change something; every other one only looks. */
const WRITING =
  /\b(define|undefine|start|destroy|shutdown|reboot|create|edit|attach-\S+|detach-\S+|set\S+|qemu-agent-command)\b/;

/** A `virsh` for PATH that keeps a record of its calls and, when told to, stops at one of them. */
export class VirshShim {
  readonly folder: string;

  constructor(home: string) {
    this.folder = join(home, "virsh-shim");
    mkdirSync(this.folder);
    const script = `#!/bin/sh
calls='${this.folder}/calls' trap='${this.folder}/trap' stopped='${this.folder}/stopped'
printf '%s' "$*" | tr '\\n' ' ' >> "$calls"
echo >> "$calls"
stop() {
  [ -e "$trap-$1" ] || return 0
  case " $2 " in *" $(cat "$trap-$1") "*) ;; *) return 0 ;; esac
  rm "$trap-$1"
  echo $$ > "$stopped"
  while [ -e "$stopped" ]; do sleep 0.02; done
}
stop before "$*"
'${programPath("virsh")}' "$@"
code=$?
stop after "$*"
exit $code
`;
    writeFileSync(join(this.folder, "virsh"), script);
    chmodSync(join(this.folder, "virsh"), 0o755);
  }

  /** Holds the next call of a subcommand, before or after it has worked. */
  stopAt(when: "before" | "after", subcommand: string): void {
    writeFileSync(join(this.folder, `trap-${when}`), subcommand);
  }

  /** Waits until a call is held. */
  stopped = (): Promise<void> => until("virsh is stopped", () => this.held() !== undefined, 120);

  /** Lets the held call go on, and waits for its end. */
  async release(): Promise<void> {
    const pid = this.held();
    rmSync(join(this.folder, "stopped"), { force: true });
    if (pid !== undefined) await until("virsh has ended", () => !existsSync(`/proc/${pid}`));
  }

  /** Kills the held call, and what waits for it. */
  async kill(): Promise<void> {
    const pid = this.held();
    if (pid === undefined) return;
    process.kill(-groupOf(pid), "SIGKILL");
    await this.release();
  }

  private held(): number | undefined {
    const file = join(this.folder, "stopped");
    return (existsSync(file) && Number(readFileSync(file, "utf8"))) || undefined;
  }

  /** Calls since the last time, each as one line of arguments. */
  calls(): string[] {
    const file = join(this.folder, "calls");
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
    rmSync(file);
    return lines;
  }

  writes = (): string[] => this.calls().filter((call) => WRITING.test(call));
}

/** Process group of a process; what a plugin starts has one of its own. */
const groupOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[2]);
