import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlavourName } from "../../../../lab/bmc/flavours/flavour";
import { hostAt, sshMachine, type TestMachine } from "../../../engine/support/machines";
import { secret } from "../../../engine/support/values";
import { type Bench, clearBenches, startBench } from "../../unit/bmc/support/bench";

/** A server: this machine over ssh by a name, with records of its own, and a BMC of the lab. */
export interface Server {
  readonly name: string;
  /** Where it keeps its records. */
  readonly state: string;
  readonly bench: Bench;
  /** A line `METHOD path: status` for each answer of the BMC. */
  readonly asked: string[];
}

/** Two servers, the first of which has the machine's name. */
export interface BmcMachine extends TestMachine {
  readonly server: Server;
  readonly other: Server;
}

export async function bmcMachine(flavour: FlavourName = "ami"): Promise<BmcMachine> {
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-test-servers-"));
  const servers = await Promise.all(["node7", "node8"].map((name) => startServer(name, flavour, join(folder, name))));
  const [first, second] = servers as [StartedServer, StartedServer];
  return {
    ...first.machine,
    server: first,
    other: second,
    secrets: servers.flatMap(({ machine, bench }) => [...machine.secrets, administratorOf(bench).password]),
    attach: (stack, plugin) =>
      stack.configure({
        [`${plugin}:hosts`]: Object.fromEntries(
          servers.map(({ name, machine, bench }) => [name, { ...hostAt(machine.sshd), bmc: accessTo(bench) }]),
        ),
      }),
    async close() {
      for (const { machine } of servers) await machine.close();
      await clearBenches();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface StartedServer extends Server {
  readonly machine: Awaited<ReturnType<typeof sshMachine>>;
}

async function startServer(name: string, flavour: FlavourName, state: string): Promise<StartedServer> {
  const asked: string[] = [];
  const bench = await startBench(flavour, { log: (line) => asked.push(line) });
  const machine = await sshMachine(name, { GPUDIRECT_STATE_DIRECTORY: state });
  return { name, state, bench, asked, machine };
}

/** A BMC as `hosts` of the configuration has it: its administrator, and the certificate pinned. */
export function accessTo(bench: Bench) {
  const { userName, password } = administratorOf(bench);
  const { fingerprint256 } = new X509Certificate(readFileSync(bench.bmc.certificateFile));
  return { address: bench.bmc.url, user: userName, password: secret(password), certificateSha256: fingerprint256 };
}

function administratorOf({ bmc }: Bench) {
  const user = bmc.users.find(({ roleId }) => roleId === "Administrator");
  if (!user) throw new Error("the BMC has no administrator");
  return user;
}

/** BIOS settings, in force and after the next boot, as the BMC keeps them. */
export function settingsOf({ bmc }: Bench): { current: Settings; next: Settings } {
  const { current, pending } = bmc.state() as { current: Settings; pending: Settings };
  return { current, next: { ...current, ...pending } };
}

export type Settings = Readonly<Record<string, string | number | boolean>>;

/** Sessions that are open at a BMC. */
export async function sessionsAt({ admin }: Bench): Promise<number> {
  return (await admin.get("/redfish/v1/SessionService/Sessions")).body["Members@odata.count"];
}
