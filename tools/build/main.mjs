#!/usr/bin/env node
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";

// Builds the executables in bin/; with --dist also the npm package's library in dist/.

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const executables = { "provider/main.ts": "bin/pulumi-resource-gpudirect", "cli/main.ts": "bin/gpudirect" };

/** Bundles the executables whose entry points exist. Returns their paths. */
export async function buildExecutables() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const define = { GPUDIRECT_VERSION: JSON.stringify(version) };
  const present = Object.entries(executables).filter(([entry]) => existsSync(join(root, entry)));
  await Promise.all(
    present.map(([entry, outfile]) => bundle({ entry: join(root, entry), outfile: join(root, outfile), define })),
  );
  return present.map(([, outfile]) => join(root, outfile));
}

function buildLibrary() {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-p", join(root, "tsconfig.dist.json")], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
  // The SDK reads its version from the package.json beside it, which the compiler does not copy.
  cpSync(join(root, "sdk", "nodejs", "package.json"), join(root, "dist", "sdk", "nodejs", "package.json"));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const start = performance.now();
  const built = await buildExecutables();
  if (process.argv.includes("--dist")) buildLibrary();
  for (const path of built) process.stdout.write(`built ${path.slice(root.length + 1)}\n`);
  process.stdout.write(`in ${Math.round(performance.now() - start)} ms\n`);
}
