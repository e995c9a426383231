import { readdirSync, readFileSync } from "node:fs";

/** Ids of all processes of this machine. */
export const processIds = (): number[] =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);

/** A file of a process, byte for byte as latin1; empty where it has just ended. */
export function processFile(pid: number, name: "cmdline" | "environ"): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}

/** Processes whose arguments name a text. */
export const findProcesses = (text: string): number[] =>
  processIds().filter((pid) => pid !== process.pid && processFile(pid, "cmdline").includes(text));
