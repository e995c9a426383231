import { join } from "node:path";
import { type Sshd, type SshdOptions, startSshd } from "../../support/sshd";
import { hostAt } from "./machines";
import { environmentOf, type Folders } from "./own-folders";
import { findProcesses } from "./processes";
import type { Stack } from "./stack";
import { until } from "./until";

/** Name of the machine in resources. */
export const HOST = "node7";

/** Starts a server whose commands keep their records in the folders, and find programs in `programs` first. */
export function startOwnSshd(
  folders: Folders,
  programs: string[] = [],
  config: SshdOptions["config"] = [],
): Promise<Sshd> {
  const { TMPDIR, GPUDIRECT_STATE_DIRECTORY } = environmentOf(folders);
  const path = [...programs, process.env.PATH].join(":");
  // sshd takes the first SetEnv alone.
  const environment = `SetEnv PATH=${path} TMPDIR=${TMPDIR} GPUDIRECT_STATE_DIRECTORY=${GPUDIRECT_STATE_DIRECTORY}`;
  return startSshd({ config: [environment, ...config] });
}

/** Configures a stack so that both plugins reach the machine. */
export function attach(stack: Stack, sshd: Sshd, more: object = {}): Promise<void> {
  const hosts = { [HOST]: { ...hostAt(sshd), ...more } };
  return stack.configure({ "gpudirect:hosts": hosts, "test:hosts": hosts });
}

/** Waits until nothing runs any more that a plugin has started, on either side of a connection. */
export function allEnded({ tmp }: Folders): Promise<void> {
  const sockets = join(tmp, "gpudirect-");
  return until("all that a plugin started has ended", () => findProcesses(sockets).length === 0);
}
