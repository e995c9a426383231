#!/usr/bin/env node
// @ts-check
// npm test [-- STAGE ...]: sets up what is missing, then checks and tests. Every stage but those of the lab and `long` runs,
// also after a failed one; the counts go to coverage/counts.json.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportFailures, SetupError } from "../setup/failure.mjs";
import { prepare, root } from "../setup/prepare.mjs";
import { stepsOnRequest, usualSteps } from "../setup/steps.mjs";

const COUNTS = join(root, "coverage", "counts.json");
const TALLY = join(root, "coverage", "tally.jsonl");

const mocha = ["mocha", "--reporter", join("tools", "test", "reporter.cjs")];
const coverage = ["c8", "--reporter=text-summary", "--include=core/**", "--check-coverage", "--lines=90"];

/** @type {Record<string, { command: string[], counts?: boolean }>} counts: whether mocha counts the tests of the stage */
const stages = {
  lint: { command: ["biome", "check", "--error-on-warnings"] },
  types: { command: ["tsc", "--noEmit"] },
  unit: { command: [...coverage, ...mocha, "test/unit/**/*.test.ts"], counts: true },
  protocol: { command: [...mocha, "test/protocol/**/*.test.ts"], counts: true },
  reach: { command: [...mocha, "test/reach/**/*.test.ts"], counts: true },
  engine: { command: [...mocha, "--timeout", "600000", "test/engine/**/*.test.ts"], counts: true },
  rehearsal: { command: ["node", join("tools", "demo", "main.mjs")] },
  // The lab's parts, then real boots of simulated hosts: `npm run test:lab`.
  "lab-unit": { command: [...mocha, "test/lab/unit/**/*.test.ts"], counts: true },
  lab: {
    command: [
      ...mocha,
      "--timeout",
      "1200000",
      "test/lab/*.test.ts",
      "test/lab/engine/*.test.ts",
      "test/lab/bmc-clients/*.test.ts",
    ],
    counts: true,
  },
  // Debian guests whose network and NICs are tuned: part of `npm run test:lab`. An emulated guest keeps one CPU busy.
  guest: {
    command: [...mocha, "--timeout", "1200000", "--parallel", "--jobs", "2", "test/guest/*.test.ts"],
    counts: true,
  },
  // What takes too long for every run: `npm run test:long`.
  long: { command: [...mocha, "--timeout", "1200000", "test/long/**/*.test.ts"], counts: true },
};

/** Stages with a command of their own. */
const ON_REQUEST = ["lab-unit", "lab", "guest", "long"];

await reportFailures(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in stages));
  if (unknown.length > 0) {
    throw new SetupError(`no stage ${unknown.join(", ")}; there are ${Object.keys(stages).join(", ")}`);
  }
  const { env } = await prepare([...usualSteps, ...stepsFor(wanted)]);
  mkdirSync(join(root, "coverage"), { recursive: true });
  for (const file of [COUNTS, TALLY]) rmSync(file, { force: true });

  const results = [];
  for (const [name, stage] of Object.entries(stages)) {
    if (wanted.length > 0 ? !wanted.includes(name) : ON_REQUEST.includes(name)) continue;
    results.push(await run(name, stage, { ...env, GPUDIRECT_TEST_COUNTS: TALLY }));
  }
  summarize(results);
});

/** @param {string[]} wanted */
function stepsFor(wanted) {
  const needsGuest = wanted.some((name) => name === "guest" || name === "long");
  const others = wanted.some((name) => name !== "guest" && ON_REQUEST.includes(name));
  return stepsOnRequest.filter((step) => (step === "guestOs" ? needsGuest : others));
}

/**
 * @typedef {{ name: string, ok: boolean, seconds: number, passed: number, failed: number, failures: string[] }} StageResult
 * @param {string} name
 * @param {{ command: string[], counts?: boolean }} stage
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<StageResult>}
 */
async function run(name, { command: [program = "", ...args], counts = false }, env) {
  process.stdout.write(`\n=== ${name}\n`);
  const started = performance.now();
  const before = tally();
  const child = spawn(program, args, { cwd: root, env, stdio: "inherit" });
  const code = await new Promise((resolve) => {
    child.on("error", () => resolve(127));
    child.on("close", (status) => resolve(status ?? 1));
  });
  const after = tally();
  const seconds = (performance.now() - started) / 1000;
  const passed = counts ? after.passed - before.passed : Number(code === 0);
  const failed = counts ? after.failed - before.failed : Number(code !== 0);
  // A runner that ended badly without a failed test (a crash, coverage too low) is a failure of its own.
  const ok = code === 0 && failed === 0 && passed > 0;
  const failures = after.failures.slice(before.failures.length);
  if (!ok && failures.length === 0) failures.push(`ended with ${code}`);
  return { name, ok, seconds, passed, failed: failed || Number(!ok), failures };
}

function tally() {
  let text = "";
  try {
    text = readFileSync(TALLY, "utf8");
  } catch {
    // No stage has counted yet.
  }
  const lines = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return {
    passed: lines.reduce((sum, line) => sum + line.passed, 0),
    failed: lines.reduce((sum, line) => sum + line.failed, 0),
    failures: lines.flatMap((line) => line.failures),
  };
}

/** @param {StageResult[]} results */
function summarize(results) {
  process.stdout.write("\n");
  for (const { name, ok, seconds, passed, failed } of results) {
    const count = `${passed} passed, ${failed} failed`;
    process.stdout.write(
      `${ok ? "ok    " : "FAILED"}  ${name.padEnd(10)} ${count.padEnd(24)} ${seconds.toFixed(0)} s\n`,
    );
  }
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  // Once more at the end: of a long log the end is what everybody sees.
  const failures = results.flatMap((result) => result.failures.map((failure) => `${result.name}: ${failure}`));
  for (const failure of failures) process.stdout.write(`\n${failure}\n`);
  writeFileSync(COUNTS, JSON.stringify({ passed, failed, failures }));
  process.stdout.write(`\ntests: ${passed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
}
