import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FLAVOUR_NAMES, type FlavourName } from "../../../lab/bmc/flavours";
import { type Bench, clearBenches, startBench, temporaryDirectory } from "../unit/bmc/support/bench";
import { PythonClients } from "./support/python-clients";

const LIMIT_MS = 900_000;

/** Assertions that the validator finds broken or cannot test, with the reason of each. `*` ends a family's name. */
interface Golden {
  readonly failures: Readonly<Record<string, string>>;
  readonly notTested: Readonly<Record<string, string>>;
}

describe("DMTF's Redfish-Protocol-Validator", () => {
  const golden = JSON.parse(readFileSync(join(__dirname, "protocol-validator.golden.json"), "utf8")) as Golden;
  const results = new Map<FlavourName, Promise<Result[]>>();

  before(async function () {
    this.timeout(LIMIT_MS);
    const clients = await PythonClients.ready();
    // All at once: the validator mostly waits for answers to multicasts that nobody sends.
    for (const flavour of FLAVOUR_NAMES) results.set(flavour, validate(clients, await startBench(flavour)));
    await Promise.allSettled(results.values());
  });
  after(clearBenches);

  for (const flavour of FLAVOUR_NAMES) {
    it(`finds nothing at ${flavour} that is not explained`, async () => {
      const found = (await results.get(flavour)) ?? [];
      const named = (...kinds: readonly string[]): string[] =>
        [...new Set(found.filter(({ result }) => kinds.includes(result)).map(({ assertion }) => assertion))].sort();
      assert.ok(named("PASS").length > 50, "the validator found the service");
      assert.deepEqual(named("FAIL", "WARN"), Object.keys(golden.failures).sort());
      const untested = named("NOT_TESTED");
      assert.deepEqual(unexplained(untested, golden.notTested), []);
      const idle = Object.keys(golden.notTested).filter((name) => !untested.some((each) => covers(name, each)));
      assert.deepEqual(idle, [], "explained, but tested now: remove it from the golden file");
    });
  }
});

interface Result {
  readonly assertion: string;
  readonly result: string;
}

/** Runs the validator, the password in its configuration file, and reads its report: a line per result. */
async function validate(clients: PythonClients, { bmc }: Bench): Promise<Result[]> {
  const folder = temporaryDirectory();
  const [user] = bmc.users;
  const config = join(folder, "config.ini");
  const text = [
    "[Authentication]",
    `user = ${user?.userName}`,
    `password = ${user?.password}`,
    "[Connection]",
    `rhost = ${bmc.url}`,
    `ca-bundle = ${bmc.certificateFile}`,
    "avoid-http-redirect = true",
    "[Reporting]",
    `report-dir = ${folder}`,
    "report-type = tsv",
  ];
  writeFileSync(config, text.join("\n"), { mode: 0o600 });
  const program = ["-m", "redfish_protocol_validator.console_scripts", "--config", config];
  const { stdout, stderr } = await clients.python(program, bmc.certificateFile);
  const report = readdirSync(folder).find((name) => name.endsWith(".tsv"));
  assert.ok(report, `no report:\n${stdout}\n${stderr}`);
  const [header = "", ...lines] = readFileSync(join(folder, report), "utf8").trim().split("\n");
  const columns = header.split("\t");
  const at = (name: string): number => columns.findIndex((column) => column.toLowerCase().includes(name));
  return lines.map((line) => {
    const cells = line.split("\t");
    return { assertion: cells[at("assertion")] ?? "", result: cells[at("result")] ?? "" };
  });
}

function covers(name: string, assertion: string): boolean {
  return name.endsWith("*") ? assertion.startsWith(name.slice(0, -1)) : assertion === name;
}

function unexplained(assertions: readonly string[], reasons: Readonly<Record<string, string>>): string[] {
  return assertions.filter((assertion) => !Object.keys(reasons).some((name) => covers(name, assertion)));
}
