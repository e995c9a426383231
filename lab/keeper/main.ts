// The process behind one lab host: its power, BMC and cards live here, from `up` to `down`.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import type { ResetType } from "../bmc/managed-system";
import { applyFault, clearFaults } from "../faults";
import { hostDirectory } from "../host/host-directory";
import { readSpec } from "../host/host-spec";
import { serveControl } from "./control-server";
import { hostShell } from "./host-shell";
import { SimulatedHost } from "./simulated-host";
import { restoreSnapshot, takeSnapshot } from "./snapshots";
import { statusOf } from "./status";

async function main(name: string): Promise<void> {
  const directory = hostDirectory(name);
  const log = (line: string): void =>
    appendFileSync(directory.keeperLog, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
  const host = await SimulatedHost.open(readSpec(directory.spec), directory, log);
  const end = async (): Promise<never> => {
    await host.close();
    rmSync(directory.sockets.control, { force: true });
    rmSync(directory.keeperPid, { force: true });
    process.exit(0);
  };
  rmSync(directory.sockets.control, { force: true });
  await serveControl(directory.sockets.control, {
    status: async () => statusOf(host),
    reset: ({ type }) => host.reset(type as ResetType),
    snapshot: ({ snapshot }) => takeSnapshot(host, String(snapshot)),
    restore: async ({ snapshot }) => {
      await restoreSnapshot(host, String(snapshot));
      // The clock stood still since the snapshot.
      if (host.powerState() === "On") await hostShell(host, `date -s @${Math.ceil(Date.now() / 1000)}`);
    },
    fault: ({ kind, options }) => applyFault(host, String(kind), options as Record<string, unknown>),
    clearFaults: () => clearFaults(host),
    end: async () => void setImmediate(() => void end()),
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end());
  writeFileSync(directory.keeperPid, `${process.pid}\n`);
  log(`keeper of ${name} is up`);
}

main(process.argv[2] ?? "").catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
