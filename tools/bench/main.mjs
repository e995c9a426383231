#!/usr/bin/env node
import { require as requireTypeScript } from "tsx/cjs/api";
import { benchPluginStart } from "./plugin-start.mjs";
import { benchStack } from "./stack.mjs";

// `npm run bench`: what the project promises to be fast at. Exit code 1 when a goal is missed, and only then.

const { benchPlan } = requireTypeScript("./plan.ts", import.meta.url);
const plan = await benchPlan();
const plugin = await benchPluginStart();
const stack = await benchStack();
const rows = [
  ["plan of 8 GPUs + 8 NICs (ms)", plan.small, 2],
  ["plan of 64 + 64, times that of 8 + 8", plan.ratio, 10],
  ["the same with the XML written", plan.ratioWithXml, 10],
  ["plugin start, times that of a bare gRPC server", plugin.ratio, 1.25],
  ["plugin's resident memory (MiB)", plugin.residentMiB, 90],
  ["preview of 1,000, times that of an idle provider", stack.ratio, 1.2],
];
process.stdout.write(`\n${"measured".padEnd(50)}${"value".padStart(8)}${"goal".padStart(8)}\n`);
for (const [what, value, goal] of rows) {
  const missed = value > goal ? "  missed" : "";
  process.stdout.write(`${what.padEnd(50)}${value.toFixed(2).padStart(8)}${String(goal).padStart(8)}${missed}\n`);
}
process.exitCode = rows.some(([, value, goal]) => value > goal) ? 1 : 0;
