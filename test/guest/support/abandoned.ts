import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { discard, domains } from "../../engine/support/virsh";

/** Domains and folders of guests have names that begin so, then the id of the process that they are for. */
export const PREFIX = "gpudirect-guest";
export const FOLDERS = "/var/tmp";

/** Removes guests of test runs that were killed: nobody else would. */
export function removeAbandoned(): void {
  for (const name of domains()) if (isAbandoned(name)) remove(name);
  for (const name of readdirSync(FOLDERS)) {
    if (isAbandoned(name)) rmSync(join(FOLDERS, name), { recursive: true, force: true });
  }
}

/** Of several runs that begin at the same moment, one removes it. */
function remove(name: string): void {
  try {
    discard(name);
  } catch (error) {
    if (domains().includes(name)) throw error;
  }
}

function isAbandoned(name: string): boolean {
  const pid = new RegExp(`^${PREFIX}-(\\d+)-`).exec(name)?.[1];
  return pid !== undefined && !lives(Number(pid));
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
