// @ts-check
import { readFileSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { cacheDir, keyOf, makeOnce } from "./cache.mjs";
import { SetupError } from "./failure.mjs";
import { goBuild, requireGo } from "./go.mjs";
import { findProgram, isAtLeast } from "./programs.mjs";
import { run } from "./run.mjs";

const LANGUAGE_HOST = "pulumi-language-nodejs";
const CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const LANGUAGE_HOST_PACKAGE = "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs";
const LEAST_VERSION = "3.200.0";

// Measured on two cores: downloads, then about eleven minutes of compiling shared by the cores.
const DOWNLOAD_SECONDS = 60;
const LANGUAGE_HOST_CPU_SECONDS = 120;
const CLI_CPU_SECONDS = 600;

/** Pulumi: the user's own where there is one, else one built from its Go module. @type {import("./steps.mjs").StepFunction} */
export async function pulumi(context, step) {
  const own = findProgram("pulumi", context.env.PATH);
  if (own) return useOwn(own, context.env);

  const cli = join(context.root, "tools", "pulumi");
  const host = join(context.root, "tools", "language-host");
  const version = /\/pulumi\/pkg\/v3 (v\S+)/.exec(readFileSync(join(cli, "go.mod"), "utf8"))?.[1];
  const sums = [cli, host].flatMap((module) => [join(module, "go.mod"), join(module, "go.sum")]);
  const dir = join(cacheDir, `pulumi-${keyOf({ files: sums, also: [process.platform, process.arch] })}`);
  let built = "built earlier";
  await makeOnce(dir, async (temporary) => {
    await requireGo(cli, "to build the Pulumi CLI, because no pulumi is on PATH");
    const hold = context.lock;
    step.doing(`building Pulumi's host for Node programs (1 of 2)`, seconds(LANGUAGE_HOST_CPU_SECONDS));
    await goBuild({ module: host, program: LANGUAGE_HOST_PACKAGE, output: join(temporary, LANGUAGE_HOST), hold });
    step.doing(`building the Pulumi CLI ${version} (2 of 2)`, seconds(CLI_CPU_SECONDS));
    const ldflags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
    await goBuild({ module: cli, program: CLI_PACKAGE, output: join(temporary, "pulumi"), ldflags, hold });
    built = "built now";
  });
  context.env.PATH = `${context.env.PATH}${delimiter}${dir}`;
  return `Pulumi ${version}, ${built}`;
}

/** @param {number} cpuSeconds */
const seconds = (cpuSeconds) => DOWNLOAD_SECONDS / 2 + cpuSeconds / availableParallelism();

/**
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env
 */
async function useOwn(program, env) {
  // The engine looks for the host on PATH and beside the real file of the CLI.
  if (!findProgram(LANGUAGE_HOST, [env.PATH, dirname(realpathSync(program))].join(delimiter))) {
    throw new SetupError(
      `${program} is there, but ${LANGUAGE_HOST} is neither beside it nor on PATH.\n` +
        "Install Pulumi completely (https://www.pulumi.com/docs/install/), or take this pulumi off PATH: then one is built.",
    );
  }
  const { stdout } = await run(program, ["version"], { env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "1" } });
  const version = stdout.trim();
  if (/\d/.test(version) && !isAtLeast(version, LEAST_VERSION)) {
    throw new SetupError(`${program} is ${version}; ${LEAST_VERSION} or newer is needed.`);
  }
  return `Pulumi ${version}, ${program}`;
}
