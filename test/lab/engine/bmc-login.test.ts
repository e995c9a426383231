import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostAt, sshMachine } from "../../engine/support/machines";
import { mustEnd, Stack, secret } from "../../engine/support/stack";
import { until } from "../../engine/support/until";
import { type Bench, clearBenches, startBench } from "../unit/bmc/support/bench";
import { accessTo, sessionsAt } from "./support/bmc-machine";

const HOSTS = ["node7", "node8", "node9"] as const;
const LOGIN = /^POST \S*\/Sessions: /;
const bios = (host: string, sriov: boolean) => ({ type: "gpudirect:index:Bios", args: { host, intents: { sriov } } });

describe("logins at a BMC that several resources use", () => {
  const stack = new Stack();
  const state = mkdtempSync(join(tmpdir(), "gpudirect-test-state-"));
  let asked: string[] = [];
  let bench: Bench;
  let machine: Awaited<ReturnType<typeof sshMachine>>;

  before(async () => {
    bench = await startBench("ami", { log: (line) => asked.push(line) });
    machine = await sshMachine("node7", { GPUDIRECT_STATE_DIRECTORY: state });
    await stack.init();
  });
  after(async () => {
    await stack.discard();
    await machine.close();
    await clearBenches();
    rmSync(state, { recursive: true, force: true });
  });
  beforeEach(() => {
    asked = [];
  });

  /** All hosts have the one BMC. */
  function configure(password?: string): Promise<void> {
    const bmc = { ...accessTo(bench), ...(password === undefined ? {} : { password: secret(password) }) };
    const hosts = HOSTS.map((name) => [name, { ...hostAt(machine.sshd), bmc }]);
    return stack.configure({ "gpudirect:hosts": Object.fromEntries(hosts) });
  }

  const program = (hosts: readonly string[], sriov = false) =>
    stack.resources({
      baseline: { type: "gpudirect:index:HostBaseline", args: { host: HOSTS[0] } },
      ...Object.fromEntries(hosts.map((host) => [host, bios(host, sriov)])),
    });

  /** A command at which the BMC lets nobody in asks it once. */
  function refusedOnce(): void {
    deepEqual(
      asked.filter((line) => LOGIN.test(line) || / 40[13]$/.test(line)),
      ["POST /redfish/v1/SessionService/Sessions: 401"],
    );
  }

  const sessionsEnd = () => until("no session is left at the BMC", async () => (await sessionsAt(bench)) === 0, 10);

  it("with a wrong password is tried once by a preview, an up and a destroy, whatever they hold", async () => {
    await configure("wrong-password-7");
    program(HOSTS);
    // A preview shows the plan with what it could not see.
    const plan = mustEnd(await stack.preview());
    match(plan.text, /warning: node9: [^\n]*the BMC did not let in the user admin/);
    refusedOnce();
    asked = [];
    const { code, text: said } = await stack.up();
    notEqual(code, 0);
    for (const host of HOSTS) match(said, new RegExp(`error: ${host}: [^\\n]*the BMC did not let in the user admin`));
    refusedOnce();
    // The baseline is there, and tells at its removal what waits for a boot.
    asked = [];
    const { text } = mustEnd(await stack.destroy());
    match(text, /still waits for a boot: settings of the BIOS, perhaps: [\s\S]*did not let in the user admin/);
    refusedOnce();
  });

  it("is one session of each command, which ends with it", async () => {
    await configure();
    program([HOSTS[0]]);
    for (const command of [stack.preview, stack.up, stack.refresh, stack.preview, stack.destroy]) {
      asked = [];
      mustEnd(await command());
      equal(asked.filter((line) => LOGIN.test(line)).length, 1, asked.join("\n"));
      await sessionsEnd();
    }
  });

  it("with a password that does not hold any more is tried once by an up, which changes nothing in the state", async () => {
    await configure();
    program([HOSTS[0]]);
    await stack.mustUp();
    await sessionsEnd();
    const known = await stack.resource(HOSTS[0]);
    await configure("wrong-password-7");
    program([HOSTS[0]], true);
    asked = [];
    notEqual((await stack.up()).code, 0);
    // The engine reads with what the last update had, and writes with what it is told now.
    equal(asked.filter((line) => / 401$/.test(line)).length, 1, asked.join("\n"));
    deepEqual((await stack.resource(HOSTS[0]))?.outputs, known?.outputs);
    // A destroy goes by the password that the last update had.
    await configure();
    await stack.mustUp();
    mustEnd(await stack.destroy());
    await sessionsEnd();
  });
});
