import { spawn } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");
export const H100 = join(ROOT, "examples/h100-rehearsal/h100.host.json");
export const NCCL_HOST = join(ROOT, "test/topologies/azure-ndv5-topo.host.json");

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs `gpudirect` as a process of its own, as a shell would. */
export function gpudirect(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  const child = spawn(process.execPath, ["--require", "tsx/cjs", join(ROOT, "cli/main.ts"), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const result = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (result.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (result.stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...result }));
  });
}
