import { type SpawnOptions, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Where the demo keeps its state and its plugins' home: nothing of the user's Pulumi is touched. */
const HOME = ".demo";
const STACK = "demo";

/** The demo stack, driven by the real CLI with a backend in a folder. */
export class DemoStack {
  private readonly env: NodeJS.ProcessEnv;

  constructor(
    private readonly root: string,
    extraPath: string | undefined,
  ) {
    const home = join(root, HOME);
    mkdirSync(join(home, "state"), { recursive: true });
    this.env = {
      ...process.env,
      PATH: [extraPath, process.env.PATH].filter(Boolean).join(":"),
      PULUMI_HOME: join(home, "pulumi"),
      PULUMI_BACKEND_URL: `file://${join(home, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "the demo has no secrets",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      // npm test checks the types; the demo need not wait for it.
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    };
  }

  async init(config: Record<string, string>): Promise<void> {
    await this.quiet(["stack", "select", "--create", STACK]);
    // A run that was killed leaves its lock; there is no other user of this folder.
    await this.quiet(["cancel", "--yes"]);
    const pairs = Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await this.quiet(["config", "set-all", ...this.stack(), ...pairs]);
  }

  /** Returns whether the update went well. Its output is shown. */
  up = (): Promise<boolean> => this.shown(["up", "--yes", "--skip-preview", "--suppress-outputs", ...this.stack()]);
  destroy = (): Promise<boolean> =>
    this.shown(["destroy", "--yes", "--skip-preview", "--suppress-outputs", ...this.stack()]);

  async outputs<T>(): Promise<T> {
    return JSON.parse(await this.quiet(["stack", "output", "--json", "--stack", STACK])) as T;
  }

  private stack = (): string[] => ["--stack", STACK];

  private async shown(args: string[]): Promise<boolean> {
    const { code } = await this.pulumi(args, { stdio: "inherit" });
    return code === 0;
  }

  private async quiet(args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.pulumi(args, {});
    if (code !== 0 && args[0] !== "cancel") throw new Error(`pulumi ${args[0]} failed:\n${stderr || stdout}`);
    return stdout;
  }

  private pulumi(args: string[], options: SpawnOptions): Promise<{ code: number; stdout: string; stderr: string }> {
    const child = spawn("pulumi", ["--non-interactive", ...args], { cwd: this.root, env: this.env, ...options });
    const texts = { stdout: "", stderr: "" };
    child.stdout?.on("data", (chunk) => {
      texts.stdout += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      texts.stderr += chunk;
    });
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? 1, ...texts }));
    });
  }
}
