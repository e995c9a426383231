import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { SshAccess } from "../../provider/reach/ssh/access";

/** A process that holds a lock of this machine until it is killed. It prints "locked". */
export function spawnLockHolder(name: string, access?: SshAccess): ChildProcess {
  const args = access === undefined ? [name] : [name, JSON.stringify(access)];
  const program = join(__dirname, "lock-holder.ts");
  return spawn(process.execPath, ["--import", "tsx", program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}
