import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { processFile, processIds } from "./processes";

/**
 * The CLI and what it starts itself: plugins, language hosts and programs. They get the passphrase, and the whole
 * configuration as PULUMI_CONFIG, from the engine; what a plugin starts must not.
 */
const ENGINES_OWN = /^pulumi\0|pulumi-language-|pulumi-resource-|@pulumi\/pulumi\/cmd\/run/;

/** Looks at all processes, and at the temporary files, again and again, for as long as it is not stopped. */
export class ProcessWatch {
  readonly argv = new Set<string>();
  readonly environ = new Set<string>();
  readonly files = new Map<string, string>();
  rounds = 0;
  private stopped = false;
  private readonly ended: Promise<void>;

  constructor(private readonly tmp: string) {
    this.ended = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.ended;
  }

  private async watch(): Promise<void> {
    while (!this.stopped) {
      for (const pid of processIds()) this.look(pid);
      this.lookAtFiles();
      this.rounds += 1;
      await turn();
    }
  }

  private look(pid: number): void {
    const argv = processFile(pid, "cmdline");
    // Threads of the kernel have none.
    if (argv === "") return;
    this.argv.add(argv);
    // First the arguments: a process that becomes another program cannot be taken for the new one with the old variables.
    if (!ENGINES_OWN.test(argv)) this.environ.add(processFile(pid, "environ"));
  }

  /** What lies there for a moment only. A pipe would lose what is read from it. */
  private lookAtFiles(): void {
    for (const path of this.connectionFiles()) {
      try {
        if (lstatSync(path).isFile()) this.files.set(path, readFileSync(path, "latin1"));
      } catch {
        // It has just gone.
      }
    }
  }

  private connectionFiles(): string[] {
    return entries(this.tmp)
      .filter((name) => !name.startsWith("gpudirect-test-"))
      .map((name) => join(this.tmp, name))
      .flatMap((path) => [path, ...entries(path).map((name) => join(path, name))]);
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It is no folder, or has just gone.
    return [];
  }
}
