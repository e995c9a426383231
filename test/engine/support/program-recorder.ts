import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programPath } from "./environment";

/** A call of a program, byte for byte as latin1. */
export interface Call {
  /** The program's name and its arguments. */
  readonly argv: readonly string[];
  readonly environ: string;
  /** The script of an `sh -s`; empty for others. */
  readonly script: string;
}

/** Programs for PATH that write down how they are called, before they become the real ones. */
export class ProgramRecorder {
  readonly folder: string;
  private readonly record: string;

  constructor(home: string, programs: readonly string[]) {
    this.folder = join(home, "programs");
    this.record = join(home, "calls");
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(this.record);
    for (const name of programs) {
      writeFileSync(join(this.folder, name), script(this.record, name, programPath(name)));
      chmodSync(join(this.folder, name), 0o755);
    }
  }

  clear(): void {
    rmSync(this.record, { recursive: true, force: true });
    mkdirSync(this.record);
  }

  /** The calls since the last `clear`, in no order. */
  calls(): Call[] {
    const read = (name: string, part: string) => readFileSync(join(this.record, `${name}${part}`), "latin1");
    return readdirSync(this.record)
      .filter((name) => name.endsWith(".argv"))
      .map((name) => name.slice(0, -".argv".length))
      .map((name) => ({
        argv: read(name, ".argv").split("\0").slice(0, -1),
        environ: read(name, ".environ"),
        script: read(name, ".script"),
      }));
  }
}

/** A process may become one program after another, so the calls of an id are numbered. */
const script = (record: string, name: string, real: string) => `#!/bin/sh
number=0
while [ -e "${record}/$$-$number.script" ]; do number=$((number + 1)); done
call=${record}/$$-$number
: > "$call.script"
/bin/cat "/proc/$$/environ" > "$call.environ"
printf '%s\\0' ${name} "$@" > "$call.argv.new"
/bin/mv "$call.argv.new" "$call.argv"
[ "${name} $*" != "sh -s" ] || { /bin/cat > "$call.script"; exec ${real} -s < "$call.script"; }
exec ${real} "$@"
`;
