#!/usr/bin/env node
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../build/bundle.mjs";
import { buildExecutables } from "../build/main.mjs";

// How fast the plugin is ready beside a bare gRPC server built the same way, and how much memory it holds after first use.

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const RUNS = 21;

/**
 * Measures in one run. Returns medians: start to port in ms { plugin, bare, ratio }, start to the first answered request
 * { answerRatio }, and { residentMiB }; prints them. The plugin loads its definitions after the port is printed, while
 * the engine connects, so the first answer shows what the port alone does not.
 */
export async function benchPluginStart() {
  const scratch = await mkdtemp(join(tmpdir(), "gpudirect-bench-"));
  try {
    const bare = join(scratch, "bare-server");
    await bundle({ entry: join(here, "bare-server.ts"), outfile: bare });
    const [plugin] = await buildExecutables();
    const times = { plugin: [], bare: [] };
    for (const path of [plugin, bare]) await startTimes(path);
    for (let run = 0; run < RUNS; run++) {
      // Interleaved, so that whatever else the machine does slows both alike.
      times.bare.push(await startTimes(bare));
      times.plugin.push(await startTimes(plugin));
    }
    const of = (name, what) => median(times[name].map((time) => time[what]));
    const result = {
      plugin: of("plugin", "port"),
      bare: of("bare", "port"),
      answerRatio: of("plugin", "answer") / of("bare", "answer"),
      residentMiB: await residentAfterUse(plugin),
    };
    result.ratio = result.plugin / result.bare;
    process.stdout.write(
      `plugin start to port: ${result.plugin.toFixed(0)} ms, bare gRPC server: ${result.bare.toFixed(0)} ms, ratio ${result.ratio.toFixed(2)} (goal 1.25, median of ${RUNS})\n`,
    );
    process.stdout.write(
      `plugin start to first answer: ${of("plugin", "answer").toFixed(0)} ms, bare gRPC server: ${of("bare", "answer").toFixed(0)} ms, ratio ${result.answerRatio.toFixed(2)}\n`,
    );
    process.stdout.write(
      `plugin resident memory after handshake, schema, check: ${result.residentMiB.toFixed(0)} MiB (goal 90)\n`,
    );
    return result;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function startTimes(path) {
  const { credentials } = require("@grpc/grpc-js");
  const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
  const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
  const begin = performance.now();
  const { child, port: number } = await start(path);
  const port = performance.now() - begin;
  const client = new ResourceProviderClient(`127.0.0.1:${number}`, credentials.createInsecure());
  await new Promise((done, fail) => client.getPluginInfo(new Empty(), (error) => (error ? fail(error) : done())));
  const answer = performance.now() - begin;
  client.close();
  await stop(child);
  return { port, answer };
}

async function residentAfterUse(path) {
  const { child, port } = await start(path);
  try {
    const { credentials } = require("@grpc/grpc-js");
    const { ResourceProviderClient } = require("@pulumi/pulumi/proto/provider_grpc_pb");
    const pb = require("@pulumi/pulumi/proto/provider_pb");
    const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const call = (name, message) =>
      new Promise((done, fail) => client[name](message, (error, answer) => (error ? fail(error) : done(answer))));
    await call("handshake", new pb.ProviderHandshakeRequest());
    const schema = JSON.parse((await call("getSchema", new pb.GetSchemaRequest())).getSchema());
    for (const token of Object.keys(schema.resources)) {
      const urn = `urn:pulumi:bench::bench::${token}::bench`;
      await call("check", new pb.CheckRequest().setUrn(urn).setNews(Struct.fromJavaScript({ name: 1 })));
    }
    await call("checkConfig", new pb.CheckRequest().setNews(new Struct()));
    client.close();
    const [, pages] = /VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${child.pid}/status`, "utf8"));
    return Number(pages) / 1024;
  } finally {
    await stop(child);
  }
}

function start(path) {
  const child = spawn(path, [], { stdio: ["pipe", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${path} ended with ${code} before it printed its port`)));
    child.stdout.once("data", (data) => resolve({ child, port: Number(data) }));
  });
}

function stop(child) {
  child.removeAllListeners("exit");
  return new Promise((done) => {
    child.once("exit", done);
    child.kill("SIGKILL");
  });
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await benchPluginStart();
