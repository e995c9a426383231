// @ts-check
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, keyOf, makeOnce } from "../setup/cache.mjs";
import { goBuild, requireGo } from "../setup/go.mjs";
import { locked } from "../setup/lock.mjs";
import { run } from "../setup/run.mjs";

/** The languages whose SDKs are part of the repository. */
export const languages = ["nodejs"];

const GENERATOR_SECONDS = 90;

/**
 * @param {string} root
 * @param {string} output receives schema.json and a folder per language
 * @param {NodeJS.ProcessEnv} env
 * @param {import("../setup/report.mjs").Step} step
 */
export async function generate(root, output, env, step) {
  const generator = await buildGenerator(join(root, "tools", "pulumi"), step);
  step.doing("reading the provider's schema");
  const printed = await run(process.execPath, ["--import", "tsx", join("tools", "sdk", "schema.ts")], {
    cwd: root,
    env,
  });
  // Parsed and printed again, so that the file reads well and differs only where the schema does.
  const schema = `${JSON.stringify(JSON.parse(printed.stdout), null, 2)}\n`;
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, "schema.json"), schema);
  for (const language of languages) {
    step.doing(`generating the SDK for ${language}`);
    await run(generator, [language, join(output, "schema.json"), join(output, language)]);
    // It would hide the SDK's own files from this repository.
    rmSync(join(output, language, ".gitignore"), { force: true });
  }
}

/**
 * @param {string} module
 * @param {import("../setup/report.mjs").Step} step
 * @returns {Promise<string>} the generator's path
 */
async function buildGenerator(module, step) {
  const sources = ["go.mod", "go.sum", join("sdkgen", "main.go")].map((file) => join(module, file));
  const dir = join(cacheDir, `sdkgen-${keyOf({ files: sources, also: [process.platform, process.arch] })}`);
  await locked(
    () => step.doing("waiting for another set-up to end"),
    (hold) =>
      makeOnce(dir, async (temporary) => {
        await requireGo(module, "to build the SDK generator");
        step.doing("building the SDK generator", GENERATOR_SECONDS);
        await goBuild({ module, program: "./sdkgen", output: join(temporary, "sdkgen"), hold });
      }),
  );
  return join(dir, "sdkgen");
}
