import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostAt, sshMachine, type TestMachine } from "../../../engine/support/machines";
import { until } from "../../../engine/support/until";
import { SimulatedHost } from "../../unit/nic-resource/support/simulated-host";

/** This machine over ssh, with the adapters of a simulated host in place of its own. */
export interface CardMachine extends TestMachine {
  readonly host: SimulatedHost;
  /** Where it keeps its records. */
  readonly state: string;
  /** The next `mstconfig set` stays, when it has set, until `letGo`. */
  holdSet(): void;
  /** Waits until one is held. */
  held(): Promise<void>;
  letGo(): void;
}

export async function cardMachine(): Promise<CardMachine> {
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-test-cards-"));
  const state = join(folder, "state");
  const host = await SimulatedHost.start();
  const gate = setGate(folder, host.programs);
  const PATH = `${gate.folder}:${host.programs}`;
  const machine = await sshMachine("node7", { ...host.environment, PATH, GPUDIRECT_STATE_DIRECTORY: state });
  return {
    ...machine,
    host,
    state,
    ...gate,
    attach: (stack, plugin) => stack.configure({ [`${plugin}:hosts`]: { [machine.name]: hostAt(machine.sshd) } }),
    async close() {
      gate.letGo();
      await machine.close();
      await host.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An mstconfig for PATH that does what the real one does and, when told to, does not end after it has set something. */
function setGate(home: string, programs: string) {
  const folder = join(home, "gate");
  const [trap, held] = [join(folder, "trap"), join(folder, "held")];
  mkdirSync(folder);
  const script = `#!/bin/sh
'${programs}/mstconfig' "$@"
code=$?
case " $* " in *" set "*) [ ! -e '${trap}' ] || { mv '${trap}' '${held}'; while [ -e '${held}' ]; do sleep 0.02; done; } ;; esac
exit "$code"
`;
  writeFileSync(join(folder, "mstconfig"), script);
  chmodSync(join(folder, "mstconfig"), 0o755);
  return {
    folder,
    holdSet: () => writeFileSync(trap, ""),
    held: () => until("mstconfig is held", () => existsSync(held)),
    letGo() {
      for (const file of [trap, held]) rmSync(file, { force: true });
    },
  };
}
