// @ts-check
import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;
const INTERVAL_MS = 100;

/**
 * Watches the process whose command line has a text, until it is told to stop: its CPU seconds, and the most memory that
 * it held in MiB. What it does after the last look is not seen.
 * @param {string} text
 * @returns {() => { cpuSeconds: number, peakMiB: number }}
 */
export function watch(text) {
  const seen = { cpuSeconds: 0, peakMiB: 0 };
  /** @type {string | undefined} */
  let pid;
  const look = () => {
    try {
      pid ??= processOf(text);
      if (pid === undefined) return;
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      seen.cpuSeconds = (Number(stat[11]) + Number(stat[12])) / TICKS_PER_SECOND;
      seen.peakMiB = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(look, INTERVAL_MS);
  return () => {
    clearInterval(timer);
    return seen;
  };
}

/** @param {string} text */
function processOf(text) {
  return readdirSync("/proc").find((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
    } catch {
      return false;
    }
  });
}
