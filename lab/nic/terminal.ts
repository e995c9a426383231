/** A run of one of the programs in the host, as the thin program there passes it on. */
export interface ProgramRequest {
  readonly program: ProgramName;
  /** Without the program's own name. */
  readonly argv: readonly string[];
  /** Text of the files that an earlier answer asked for; null: the file cannot be read. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** Lines that the user typed, one for each question so far. */
  readonly answers?: readonly string[];
  /** What the host shows the program. Absent: everything is there and allowed. */
  readonly host?: HostView;
}

export const PROGRAMS = ["mstconfig", "mlxconfig", "mstfwreset"] as const;
export type ProgramName = (typeof PROGRAMS)[number];

export interface HostView {
  /** Addresses of the NVIDIA network functions that the host's kernel sees. */
  readonly devices: readonly string[];
  readonly user: "root" | "other";
  /** The kernel's lockdown mode: "none", "integrity" or "confidentiality". */
  readonly lockdown: string;
}

/**
 * What the thin program does next: write `files`, print, and then end with `status`; unless `read` names files to read or
 * `ask` is 1 and a line is to be read: then it asks again with them. Strings, numbers, lists and objects only: the thin
 * program reads it without a JSON library.
 */
export interface ProgramAnswer {
  /** Since the last question. */
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
  readonly files?: Readonly<Record<string, string>>;
  /** Where a file cannot be written: this instead, with the system's reason in place of `{reason}`. */
  readonly unwritable?: { readonly stdout: string; readonly stderr: string; readonly status: number };
  readonly read?: readonly string[];
  readonly ask?: 1;
  /** A command of the host to run at the end: mstfwreset's level 4 reboots. */
  readonly afterwards?: "reboot";
}

/** Unwinds a program that waits for a file or for the user; it begins anew with the next request. */
class Paused extends Error {
  constructor(readonly needs: Pick<ProgramAnswer, "ask" | "read">) {
    super("the program waits for its user");
  }
}

/** What a program in the host sees of the world: its output, its user, its files. */
export class Terminal {
  #stdout = "";
  #stderr = "";
  #asked = 0;
  #files: Record<string, string> = {};
  #unwritable: ProgramAnswer["unwritable"];
  #afterwards: ProgramAnswer["afterwards"];

  constructor(private readonly request: ProgramRequest) {}

  print(text: string): void {
    this.#stdout += text;
  }

  printError(text: string): void {
    this.#stderr += text;
  }

  /** The line that the user answers with. Whatever has side effects belongs after the last question. */
  ask(question: string): string {
    this.print(question);
    const answer = this.request.answers?.[this.#asked];
    this.#asked += 1;
    if (answer === undefined) throw new Paused({ ask: 1 });
    this.#stdout = "";
    this.#stderr = "";
    return answer;
  }

  /** The text of a file of the host, or undefined where it cannot be read. */
  readFile(path: string): string | undefined {
    const text = this.request.files?.[path];
    if (text === undefined) throw new Paused({ read: [path] });
    return text ?? undefined;
  }

  writeFile(path: string, text: string, unwritable: NonNullable<ProgramAnswer["unwritable"]>): void {
    this.#files[path] = text;
    this.#unwritable = unwritable;
  }

  rebootAtTheEnd(): void {
    this.#afterwards = "reboot";
  }

  /** Runs a program to its end or to where it waits. */
  run(program: (terminal: Terminal) => number): ProgramAnswer {
    try {
      const status = program(this);
      return {
        stdout: this.#stdout,
        stderr: this.#stderr,
        status,
        ...(Object.keys(this.#files).length === 0 ? {} : { files: this.#files }),
        ...(this.#unwritable === undefined ? {} : { unwritable: this.#unwritable }),
        ...(this.#afterwards === undefined ? {} : { afterwards: this.#afterwards }),
      };
    } catch (error) {
      if (!(error instanceof Paused)) throw error;
      const waitsForFile = error.needs.read !== undefined;
      return {
        stdout: waitsForFile ? "" : this.#stdout,
        stderr: waitsForFile ? "" : this.#stderr,
        status: 0,
        ...error.needs,
      };
    }
  }
}
