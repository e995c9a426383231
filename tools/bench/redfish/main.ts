import { readFileSync } from "node:fs";
import { FLAVOUR_NAMES, type FlavourName } from "../../../lab/bmc/flavours";
import { Bmcs } from "../../../provider/reach/redfish";
import { clearBenches, startBench } from "../../../test/lab/unit/bmc/support/bench";

/** BMCs that are read in parallel, each with a service of its own in this process. */
const MANY = 100;
const MIB = 1024 * 1024;
const options = { signal: new AbortController().signal };

interface Reading {
  readonly trips: number;
  readonly ms: number;
}

/** Reads BIOS settings of every vendor's BMC twice, and of many BMCs in parallel. The result is a table. */
export async function benchRedfish(): Promise<string> {
  try {
    // What is loaded and compiled by the first reading of all is not the BMC's.
    await readTwice("dell");
    const lines = [row("readBios", "trips", "ms", "trips", "ms"), row("", "first", "", "second", "")];
    for (const flavour of FLAVOUR_NAMES) {
      const [first, second] = await readTwice(flavour);
      lines.push(row(flavour, first.trips, first.ms.toFixed(0), second.trips, second.ms.toFixed(0)));
    }
    await clearBenches();
    return `${[...lines, "", ...(await readMany())].join("\n")}\n`;
  } finally {
    await clearBenches();
  }
}

/** The second reading is that of a later moment: the session has ended. */
async function readTwice(flavour: FlavourName): Promise<[Reading, Reading]> {
  const { redfish, log } = await connected(flavour, new Bmcs());
  const read = async (): Promise<Reading> => {
    log.length = 0;
    const begun = performance.now();
    await redfish.readBios(undefined, options);
    const reading = { trips: log.length, ms: performance.now() - begun };
    await redfish.close();
    return reading;
  };
  return [await read(), await read()];
}

async function readMany(): Promise<string[]> {
  const bmcs = new Bmcs();
  const all = [];
  for (let n = 1; n <= MANY; n += 1) all.push(await connected("supermicro", bmcs, `node${n}`));
  for (const { log } of all) log.length = 0;
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const begun = performance.now();
  await Promise.all(all.map(({ redfish }) => redfish.readBios(undefined, options)));
  const seconds = (performance.now() - begun) / 1000;
  clearInterval(watch);
  const trips = all.reduce((sum, { log }) => sum + log.length, 0);
  await Promise.all(all.map(({ redfish }) => redfish.close()));
  return [
    `${MANY} BMCs in parallel, services included`,
    row("seconds", seconds.toFixed(1)),
    row("round trips of all", trips),
    row("MiB before (services alone)", (before / MIB).toFixed(0)),
    row("MiB at most", (peak / MIB).toFixed(0)),
  ];
}

async function connected(flavour: FlavourName, bmcs: Bmcs, machine = "node1") {
  const log: string[] = [];
  const { bmc } = await startBench(flavour, { log: (line) => log.push(line) });
  const [admin] = bmc.users;
  if (!admin) throw new Error("the BMC has no users");
  const caCertificates = readFileSync(bmc.certificateFile, "utf8");
  const { userName: user, password } = admin;
  const access = { address: bmc.url, user, password, caCertificates, verifyCertificate: true };
  return { redfish: bmcs.redfish(machine, access), log };
}

function row(what: string, ...cells: readonly (string | number)[]): string {
  return `${what.padEnd(30)}${cells.map((cell) => String(cell).padStart(8)).join("")}`.trimEnd();
}
