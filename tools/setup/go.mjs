// @ts-check
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./failure.mjs";
import { findProgram, isAtLeast } from "./programs.mjs";
import { run } from "./run.mjs";

/** From this version on, Go fetches by itself the newer toolchain that a go.mod asks for. */
const FETCHES_TOOLCHAINS = "1.21";

/**
 * Fails with a plain message where Go cannot build the module.
 * @param {string} module a folder with go.mod
 * @param {string} why what it is needed for
 */
export async function requireGo(module, why) {
  const least = /^go (\S+)$/m.exec(readFileSync(join(module, "go.mod"), "utf8"))?.[1] ?? FETCHES_TOOLCHAINS;
  if (!findProgram("go")) throw new SetupError(`Go ${least} or newer is needed ${why}: https://go.dev/dl/`);
  const { stdout } = await run("go", ["env", "GOVERSION", "GOTOOLCHAIN"], {
    env: { ...process.env, GOWORK: "off" },
    cwd: "/",
  });
  const [version = "", toolchain = ""] = stdout.split("\n");
  if (isAtLeast(version, least)) return;
  if (toolchain !== "local" && isAtLeast(version, FETCHES_TOOLCHAINS)) return;
  throw new SetupError(`Go ${least} or newer is needed ${why}; this is ${version}: https://go.dev/dl/`);
}

/**
 * Builds one program of a module whose go.mod and go.sum are complete.
 * @param {{ module: string, program: string, output: string, ldflags?: string, hold?: number | undefined }} what
 */
export async function goBuild({ module, program, output, ldflags = "-s -w", hold }) {
  await run("go", ["build", "-trimpath", "-ldflags", ldflags, "-o", output, program], {
    cwd: module,
    // Without cgo the result does not depend on a C compiler; a go.work above the checkout is none of ours.
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
    hold,
  });
}
