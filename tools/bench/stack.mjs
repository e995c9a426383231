#!/usr/bin/env node
// @ts-check
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepare } from "../setup/prepare.mjs";
import { Project } from "./stack/project.mjs";

// How long a preview of many resources takes beside the engine's own floor: the same with a provider that does nothing.

const here = join(dirname(fileURLToPath(import.meta.url)), "stack");
const RESOURCES = 1000;
const RUNS = 3;

/** @typedef {import("./stack/project.mjs").Run} Run */

/**
 * Measures in one run. Returns the ratio of the medians of `pulumi preview`, which reads, checks and compares each
 * resource, and the most memory that the provider held; prints them.
 */
export async function benchStack() {
  const scratch = await mkdtemp(join(tmpdir(), "gpudirect-bench-stack-"));
  try {
    const { env } = await prepare(["pulumi"]);
    const projects = { ours: new Project(join(scratch, "ours"), env), idle: new Project(join(scratch, "idle"), env) };
    await projects.ours.make(join(here, "memory-plugin.ts"), RESOURCES);
    await projects.idle.make(join(here, "idle-plugin.ts"), RESOURCES);
    /** @type {{ ours: Run[], idle: Run[] }} */
    const runs = { ours: [], idle: [] };
    for (const name of /** @type {const} */ (["ours", "idle"])) await projects[name].preview();
    for (let run = 0; run < RUNS; run++) {
      // Interleaved, so that whatever else the machine does slows both alike.
      runs.idle.push(await projects.idle.preview());
      runs.ours.push(await projects.ours.preview());
    }
    const [ours, idle] = [medians(runs.ours), medians(runs.idle)];
    print("provider", ours);
    print("provider that does nothing", idle);
    return { ratio: ours.seconds / idle.seconds, peakMiB: ours.peakMiB };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} what
 * @param {Run} run
 */
function print(what, { seconds, cpuSeconds, peakMiB }) {
  process.stdout.write(
    `preview of ${RESOURCES} resources, ${what}: ${seconds.toFixed(2)} s; its own CPU ${cpuSeconds.toFixed(2)} s, memory ${peakMiB.toFixed(0)} MiB (medians of ${RUNS})\n`,
  );
}

/** @param {Run[]} runs @returns {Run} */
function medians(runs) {
  /** @param {keyof Run} field */
  const of = (field) => runs.map((run) => run[field]).sort((a, b) => a - b)[Math.floor(runs.length / 2)] ?? 0;
  return { seconds: of("seconds"), cpuSeconds: of("cpuSeconds"), peakMiB: of("peakMiB") };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchStack();
