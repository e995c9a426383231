import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "./environment";
import { until } from "./until";

/**
 * An `ssh` for PATH that numbers and records the commands which go over a control master, and when told to, holds one:
 * before it is sent, or when it has ended on the machine and before anybody here learns of it. The master itself passes.
 */
export class SshShim {
  readonly folder: string;
  private readonly own: string;

  constructor(home: string) {
    this.folder = join(home, "ssh-shim");
    this.own = join(home, "ssh-commands");
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(this.own);
    writeFileSync(join(this.folder, "ssh"), script(this.own, programPath("ssh")));
    chmodSync(join(this.folder, "ssh"), 0o755);
  }

  /** Forgets the commands so far: the next one is the first. */
  clear(): void {
    rmSync(this.own, { recursive: true, force: true });
    mkdirSync(this.own);
  }

  /** What was sent for each command, in the order of their beginnings. */
  commands(): string[] {
    return this.numbers("started").map((number) => readFileSync(join(this.own, `command-${number}`), "utf8"));
  }

  /** How many commands have ended. */
  ended = (): number => this.numbers("ended").length;

  /** Holds the command that is the n-th to begin, before it is sent, or the n-th to end, when it has. */
  holdAt(when: "before" | "after", number: number): void {
    writeFileSync(join(this.own, `trap-${when}`), String(number));
  }

  /** Whether a command is held. */
  holds = (): boolean => this.held() !== undefined;

  /** Ends the held command, which never tells how it went. */
  async kill(): Promise<void> {
    const pid = this.held();
    if (pid === undefined) return;
    // A plugin makes what it starts the leader of a process group.
    process.kill(-pid, "SIGKILL");
    rmSync(join(this.own, "held"), { force: true });
    await until("the held ssh has ended", () => !existsSync(`/proc/${pid}`));
  }

  private held(): number | undefined {
    const file = join(this.own, "held");
    return (existsSync(file) && Number(readFileSync(file, "utf8"))) || undefined;
  }

  private numbers(what: string): number[] {
    return readdirSync(this.own)
      .filter((name) => name.startsWith(`${what}-`))
      .map((name) => Number(name.slice(what.length + 1)))
      .sort((a, b) => a - b);
  }
}

/**
 * The shim. A session of the plugin is one that must not become a master. Its output is kept back until it may be known
 * that it ended; that of the lock cannot be, because the lock is held while its process runs.
 */
const script = (own: string, real: string) => `#!/bin/sh
own='${own}' real='${real}'
case " $* " in *" ControlMaster=no "*) ;; *) exec "$real" "$@" ;; esac
number() { n=1; until mkdir "$own/$1-$n" 2> /dev/null; do n=$((n + 1)); done; echo "$n"; }
hold() {
  [ "$(cat "$own/trap-$1" 2> /dev/null)" = "$2" ] || return 0
  rm "$own/trap-$1"
  echo $$ > "$own/held"
  while [ -e "$own/held" ]; do sleep 0.02; done
}
IFS= read -r line
begun=$(number started)
command=$own/command-$begun
printf '%s\\n' "$line" > "$command"
hold before "$begun"
send() { printf '%s\\n' "$line"; tee -a "$command"; }
case $line in
  *"take 8"*) send | "$real" "$@"; code=$?; kept= ;;
  *) send | "$real" "$@" > "$own/out-$begun" 2> "$own/err-$begun"; code=$?; kept=yes ;;
esac
hold after "$(number ended)"
[ -z "$kept" ] || { cat "$own/out-$begun"; cat "$own/err-$begun" >&2; }
exit "$code"
`;
