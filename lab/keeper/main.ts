// The process behind one lab host: its power, BMC and cards live here, from `up` to `down`.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { Refusal } from "../../core/problems";
import { RESET_TYPES } from "../bmc/managed-system";
import { applyFault, clearFaults } from "../faults";
import { hostDirectory } from "../host/host-directory";
import { readSpec } from "../host/host-spec";
import { serveControl } from "./control-server";
import { hostShell } from "./host-shell";
import { SimulatedHost } from "./simulated-host";
import { restoreSnapshot, takeSnapshot } from "./snapshots";
import { statusOf } from "./status";

/** An operating system whose agent does not answer by then was not up when its snapshot was taken. */
const CLOCK_LIMIT_MS = 60_000;

async function main(name: string): Promise<void> {
  const directory = hostDirectory(name);
  // Before anything else: whoever removes the host has to know of this process.
  writeFileSync(directory.keeperPid, `${process.pid}\n`);
  const log = (line: string): void => {
    try {
      appendFileSync(directory.keeperLog, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
    } catch {
      // A disk without room for a log is no reason to cut the host's power.
    }
  };
  process.on("unhandledRejection", (reason) => {
    log(`keeper: ${reason instanceof Error ? reason.stack : String(reason)}`);
  });
  const host = await SimulatedHost.open(readSpec(directory.spec), directory, log);
  rmSync(directory.sockets.control, { force: true });
  await serveControl(directory.sockets.control, {
    status: async () => statusOf(host),
    reset: async ({ type }) => {
      const known = RESET_TYPES.find((one) => one === type);
      if (!known) throw new Refusal([{ path: "type", message: `must be one of ${RESET_TYPES.join(", ")}` }]);
      await host.reset(known);
    },
    snapshot: ({ snapshot }) => takeSnapshot(host, String(snapshot)),
    restore: async ({ snapshot }) => {
      await restoreSnapshot(host, String(snapshot));
      if (host.powerState() === "On") await setClock(host);
    },
    fault: ({ kind, options }) => applyFault(host, String(kind), (options ?? {}) as Record<string, unknown>),
    clearFaults: () => clearFaults(host),
    end: async () => void setImmediate(end),
  });
  let ending = false;
  function end(): void {
    if (ending) return;
    ending = true;
    const { control } = directory.sockets;
    const gone = (): never => {
      for (const file of [control, directory.keeperPid]) rmSync(file, { force: true });
      process.exit(0);
    };
    host.close().then(gone, (error: Error) => {
      log(`keeper: ${error.message}`);
      gone();
    });
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
  log(`keeper of ${name} is up`);
}

/** The host's clock stood still since its snapshot. */
async function setClock(host: SimulatedHost): Promise<void> {
  await hostShell(host, `date -s @${Math.ceil(Date.now() / 1000)}`, "", CLOCK_LIMIT_MS).catch((error: Error) =>
    host.log(`restore: the clock was not set: ${error.message}`),
  );
}

main(process.argv[2] ?? "").catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
