import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const ROOT = join(__dirname, "../../..");

/** Standard output of the `gpudirect` command. */
export async function gpudirect(...args: string[]): Promise<string> {
  const { stdout } = await run(join(ROOT, "bin", "gpudirect"), args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** Output of `npm run lab -- …`, as a user would type it. @throws Error where it fails */
export async function npmRunLab(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run("npm", ["run", "--silent", "lab", "--", ...args], { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 });
}
