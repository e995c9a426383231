import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { components } from "./components";
import { clearConfig, configArguments } from "./config";
import { ROOT } from "./environment";
import { gpudirectPlugin, testPlugin } from "./plugins";
import { type AnyResource, type Options, resourcesProgram } from "./program";
import { discardRecords } from "./records";
import { type Outcome, Running } from "./running";
import { type Deployment, nameOf, type StateResource } from "./state";
import type { Reference } from "./values";
import { discard, domains } from "./virsh";
import { VirshShim } from "./virsh-shim";

export { output, secret } from "./values";
export type { AnyResource, Options };

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

/** What a preview as JSON says. */
export interface Preview {
  readonly steps: readonly Step[];
  readonly diagnostics?: readonly { readonly urn?: string; readonly message: string; readonly severity: string }[];
}

export interface StackOptions {
  readonly project?: string;
  /** Name of the stack in its project; `dev`. */
  readonly stack?: string;
  /** Whether the test provider is there too: `test:index:Settings`. */
  readonly testProvider?: boolean;
  /** A folder with the backend of another stack; a new one without it. */
  readonly backend?: string;
}

/**
 * A Pulumi project in a folder of its own, driven by the real CLI, with a backend in that folder.
 *
 *     const stack = new Stack({ testProvider: true });  await stack.init();  …  await stack.discard();
 *     const other = stack.sibling("prod");      // same project and backend, another stack; discard it too
 *
 * - program: `domains({ vm: args }, options)`, `resources({ it: { type, args, options } })` for resources of any type
 *   (`secret(value)` and `output(resource, property)` in args), or `program(source)` for anything
 * - configuration: `configure({ "gpudirect:hosts": { node7: { ssh: { address, password: secret("…") } } } })`; each call
 *   says all of it
 * - commands: `up`, `preview`, `refresh`, `destroy`, `import` with further CLI arguments; `start(command, …)` for one that
 *   is to be interrupted or killed
 * - judged: `mustUp`, `mustBeSettled`, `steps`, `planned`
 * - what is kept: `state()`, `resource(name)`, `outputs()`, `exported()` as text
 * - on the machine: `name(suffix)` of a domain, `file(name)` of a settings file; `discard` takes both away. `shim` records
 *   the calls of virsh on this machine (`shim.writes()`), and holds or kills one
 */
export class Stack {
  readonly folder = mkdtempSync(join(tmpdir(), `${PREFIX}-`));
  readonly mark = `${PREFIX}-${process.pid}-${++stacks}`;
  readonly shim = new VirshShim(this.folder);
  readonly project: string;
  readonly stack: string;
  /** A folder that comes before all others on PATH. */
  firstOnPath: string | undefined;
  /** All that the CLI has printed for this stack, as the tests for secrets read it. */
  said = "";
  private readonly backend: string;
  private readonly env: NodeJS.ProcessEnv;

  constructor(private readonly options: StackOptions = {}) {
    this.project = options.project ?? this.mark;
    this.stack = options.stack ?? "dev";
    this.backend = options.backend ?? join(this.folder, "state");
    mkdirSync(this.backend, { recursive: true });
    this.env = {
      ...process.env,
      PATH: [this.shim.folder, process.env.PATH].join(delimiter),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${this.backend}`,
      PULUMI_CONFIG_PASSPHRASE: "a test has no secrets",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
      NODE_PATH: join(ROOT, "node_modules"),
    };
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ main: "index.js" }));
  }

  /** Another stack of the same project. */
  sibling(stack: string): Stack {
    return new Stack({ ...this.options, project: this.project, backend: this.backend, stack });
  }

  /** As owners are named: `project/stack`. */
  get fullName(): string {
    return `${this.project}/${this.stack}`;
  }

  /** Name of a domain that goes when this stack goes. */
  name = (suffix: string): string => `${this.mark}-${suffix}`;

  /** Path of a file on this machine that goes when this stack goes. */
  file = (name: string): string => join(this.folder, name);

  async init(): Promise<void> {
    const providers = [gpudirectPlugin, ...(this.options.testProvider ? [await testPlugin()] : [])];
    const runtime = { name: "nodejs", options: { typescript: false } };
    const settings = { name: this.project, runtime, main: ".", plugins: { providers } };
    writeFileSync(join(this.folder, "Pulumi.yaml"), JSON.stringify(settings));
    this.program("");
    mustEnd(await new Running("pulumi", ["stack", "init", this.stack], this.folder, this.env).ended);
  }

  /** The program, as JavaScript; `pulumi` and `gpudirect` (the components with the SDK) are there. */
  program(source: string): void {
    const needs = [
      'const pulumi = require("@pulumi/pulumi");',
      // Loading it takes a while; most programs need none of it.
      ...(/\bgpudirect\b/.test(source) ? [`const gpudirect = require(${JSON.stringify(components())});`] : []),
    ];
    writeFileSync(join(this.folder, "index.js"), `${needs.join("\n")}\n${source}`);
  }

  /** A program of domains alone, by resource name. */
  domains(all: Record<string, object>, options: Options = {}): void {
    const lines = Object.entries(all).map(
      ([name, args]) =>
        `new gpudirect.Domain(${JSON.stringify(name)}, ${JSON.stringify(args)}, ${JSON.stringify(options)});`,
    );
    this.program(lines.join("\n"));
  }

  /** A program of resources of any type, by resource name, in the order in which they are made, and its outputs. */
  resources(all: Record<string, AnyResource>, outputs: Record<string, Reference> = {}): void {
    this.program(resourcesProgram(all, outputs));
  }

  /** Says the stack's whole configuration: keys as `gpudirect:hosts`, places marked `secret(…)` are encrypted. */
  async configure(config: Record<string, unknown>): Promise<void> {
    clearConfig(join(this.folder, `Pulumi.${this.stack}.yaml`));
    const all = configArguments(config);
    if (all.length > 0) mustEnd(await this.start("config", "set-all", "--path", ...all).ended);
  }

  /** Starts a command of the CLI, and leaves it running. */
  start(command: string, ...args: string[]): Running {
    const path = [this.firstOnPath, this.env.PATH].filter(Boolean).join(delimiter);
    const all = [command, "--non-interactive", "--stack", this.stack, ...args];
    const running = new Running("pulumi", all, this.folder, { ...this.env, PATH: path });
    void running.ended.then(({ text }) => {
      this.said += text;
    });
    return running;
  }

  up = (...args: string[]): Promise<Outcome> => this.start("up", "--yes", "--skip-preview", ...args).ended;
  preview = (...args: string[]): Promise<Outcome> => this.start("preview", ...args).ended;
  destroy = (...args: string[]): Promise<Outcome> => this.start("destroy", "--yes", "--skip-preview", ...args).ended;
  refresh = (...args: string[]): Promise<Outcome> => this.start("refresh", "--yes", "--skip-preview", ...args).ended;

  /** `pulumi import`. The language host here generates no programs. */
  import = (type: string, name: string, id: string): Promise<Outcome> =>
    this.start("import", type, name, id, "--yes", "--skip-preview", "--generate-code=false", "--protect=false").ended;

  /** An update that must go well. */
  async mustUp(...args: string[]): Promise<Outcome> {
    return mustEnd(await this.up(...args));
  }

  /** A plain preview, with what it says to the user. */
  async planned(...args: string[]): Promise<Preview> {
    const { stdout } = mustEnd(await this.preview("--json", ...args));
    return JSON.parse(stdout) as Preview;
  }

  /** The steps of a plain preview. */
  async steps(...args: string[]): Promise<readonly Step[]> {
    return (await this.planned(...args)).steps;
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

  /** The state as text; secrets are encrypted in it. */
  async exported(...args: string[]): Promise<string> {
    return mustEnd(await this.start("stack", "export", ...args).ended).stdout;
  }

  /** The state. */
  async state(...args: string[]): Promise<Deployment> {
    return (JSON.parse(await this.exported(...args)) as { deployment: Deployment }).deployment;
  }

  /** A resource in the state, by its name in the program; undefined where it is not there. */
  async resource(name: string, ...args: string[]): Promise<StateResource | undefined> {
    return (await this.state(...args)).resources?.find(({ urn }) => nameOf(urn) === name);
  }

  /** Takes away all that the stack may have left, wherever a test ended. */
  async discard(): Promise<void> {
    await this.shim.kill();
    for (const name of domains()) if (name.startsWith(`${this.mark}-`)) discard(name);
    discardRecords("settings", `${this.folder}/`);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The outcome of a command that must have gone well. */
export function mustEnd(outcome: Outcome): Outcome {
  if (outcome.code !== 0) throw new Error(`the command ended with ${outcome.code}:\n${outcome.text}`);
  return outcome;
}
