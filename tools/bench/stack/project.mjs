// @ts-check
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../build/bundle.mjs";
import { root } from "../../setup/prepare.mjs";
import { program } from "./program.mjs";
import { watch } from "./usage.mjs";

/** @typedef {{ seconds: number, cpuSeconds: number, peakMiB: number }} Run */

/** A Pulumi project in a folder of its own, with a backend in it and one plugin under the name of ours. */
export class Project {
  /**
   * @param {string} folder
   * @param {NodeJS.ProcessEnv} env
   */
  constructor(folder, env) {
    this.folder = folder;
    this.plugin = join(folder, "plugin", "pulumi-resource-gpudirect");
    this.env = {
      ...env,
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "a benchmark has no secrets",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
      // The state is written once at the end of an update: after each step, a thousand resources take ten minutes.
      PULUMI_EXPERIMENTAL: "true",
      PULUMI_SKIP_CHECKPOINTS: "true",
      NODE_PATH: join(root, "node_modules"),
    };
  }

  /**
   * @param {string} entry of the plugin
   * @param {number} count of resources
   */
  async make(entry, count) {
    for (const name of ["state", "plugin"]) mkdirSync(join(this.folder, name), { recursive: true });
    await bundle({ entry, outfile: this.plugin });
    const settings = {
      name: "bench",
      runtime: { name: "nodejs", options: { typescript: false } },
      plugins: { providers: [{ name: "gpudirect", path: join(this.folder, "plugin") }] },
    };
    writeFileSync(join(this.folder, "Pulumi.yaml"), JSON.stringify(settings));
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ main: "index.js" }));
    writeFileSync(join(this.folder, "index.js"), program(count));
    await this.run("stack", "init", "dev");
    await this.run("up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", "dev");
  }

  /** A preview that must find nothing to do: reads, checks and compares each resource. @returns {Promise<Run>} */
  async preview() {
    const stop = watch(this.plugin);
    const began = performance.now();
    await this.run("preview", "--expect-no-changes", "--suppress-outputs", "--stack", "dev");
    return { seconds: (performance.now() - began) / 1000, ...stop() };
  }

  /** @param {string[]} args @returns {Promise<void>} */
  run(...args) {
    const child = spawn("pulumi", ["--non-interactive", ...args], {
      cwd: this.folder,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += data));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`pulumi ${args[0]} ended with ${code}:\n${text.slice(-3000)}`)),
      );
    });
  }
}
