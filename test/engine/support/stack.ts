import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { components } from "./components";
import { ROOT } from "./environment";
import { type Outcome, Running } from "./running";
import { discard, domains } from "./virsh";
import { VirshShim } from "./virsh-shim";

/** How a preview as JSON writes what is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Every domain of these tests has a name that begins so, followed by its stack's mark. */
const PREFIX = "gpudirect-test";
let stacks = 0;

export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Record<string, { kind: string }> | null;
  readonly newState?: { inputs: Record<string, unknown>; outputs?: Record<string, unknown> };
}

/** A Pulumi project in a folder of its own, driven by the real CLI, with a backend in that folder. */
export class Stack {
  readonly folder = mkdtempSync(join(tmpdir(), `${PREFIX}-`));
  readonly mark = `${PREFIX}-${process.pid}-${++stacks}`;
  readonly shim = new VirshShim(this.folder);
  private readonly env: NodeJS.ProcessEnv;
  /** A folder that comes before all others on PATH. */
  firstOnPath: string | undefined;

  constructor(readonly project = this.mark) {
    mkdirSync(join(this.folder, "state"));
    this.env = {
      ...process.env,
      PATH: [this.shim.folder, process.env.PATH].join(delimiter),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "a test has no secrets",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
      NODE_PATH: join(ROOT, "node_modules"),
    };
    const plugins = { providers: [{ name: "gpudirect", path: join(ROOT, "bin") }] };
    const runtime = { name: "nodejs", options: { typescript: false } };
    writeFileSync(
      join(this.folder, "Pulumi.yaml"),
      JSON.stringify({ name: this.project, runtime, main: ".", plugins }),
    );
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ main: "index.js" }));
  }

  /** Name of a domain that goes when this stack goes. */
  name = (suffix: string): string => `${this.mark}-${suffix}`;

  /** The program, as JavaScript; `pulumi` and `gpudirect` (the components with the SDK) are there. */
  program(source: string): void {
    const prelude = `const pulumi = require("@pulumi/pulumi");\nconst gpudirect = require(${JSON.stringify(components())});\n`;
    writeFileSync(join(this.folder, "index.js"), prelude + source);
  }

  /** A program of domains alone, by resource name. */
  domains(all: Record<string, object>, options: object = {}): void {
    const lines = Object.entries(all).map(
      ([name, args]) =>
        `new gpudirect.Domain(${JSON.stringify(name)}, ${JSON.stringify(args)}, ${JSON.stringify(options)});`,
    );
    this.program(lines.join("\n"));
  }

  /** Starts a command of the CLI, and leaves it running. */
  start(command: string, ...args: string[]): Running {
    const path = [this.firstOnPath, this.env.PATH].filter(Boolean).join(delimiter);
    const all = [command, "--non-interactive", "--stack", "dev", ...args];
    return new Running("pulumi", all, this.folder, { ...this.env, PATH: path });
  }

  async init(): Promise<void> {
    const { code, text } = await new Running("pulumi", ["stack", "init", "dev"], this.folder, this.env).ended;
    if (code !== 0) throw new Error(text);
  }

  up = (...args: string[]): Promise<Outcome> => this.start("up", "--yes", "--skip-preview", ...args).ended;
  preview = (...args: string[]): Promise<Outcome> => this.start("preview", ...args).ended;
  destroy = (...args: string[]): Promise<Outcome> => this.start("destroy", "--yes", "--skip-preview", ...args).ended;
  refresh = (...args: string[]): Promise<Outcome> => this.start("refresh", "--yes", "--skip-preview", ...args).ended;

  /** An update that must go well. */
  async mustUp(...args: string[]): Promise<Outcome> {
    return mustEnd(await this.up(...args));
  }

  /** The steps of a plain preview. */
  async steps(...args: string[]): Promise<Step[]> {
    const { stdout } = mustEnd(await this.preview("--json", ...args));
    return (JSON.parse(stdout) as { steps: Step[] }).steps;
  }

  /** Fails when a plain preview would change anything. */
  async mustBeSettled(...args: string[]): Promise<void> {
    mustEnd(await this.preview("--expect-no-changes", "--diff", ...args));
  }

  /** Outputs of the program. */
  async outputs<T>(): Promise<T> {
    const { stdout } = mustEnd(await this.start("stack", "output", "--json").ended);
    return JSON.parse(stdout) as T;
  }

  /** Takes away all that the stack may have left, wherever a test ended. */
  async discard(): Promise<void> {
    await this.shim.kill();
    for (const name of domains()) if (name.startsWith(`${this.mark}-`)) discard(name);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The outcome of a command that must have gone well. */
export function mustEnd(outcome: Outcome): Outcome {
  if (outcome.code !== 0) throw new Error(`the command ended with ${outcome.code}:\n${outcome.text}`);
  return outcome;
}
