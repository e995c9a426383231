// npm run bench:lab [-- --boots N --restores N --nested N --skip-image]: how long the lab takes. Exit code 1 when a goal is
// missed, 2 for options that are wrong.
import { availableParallelism, loadavg } from "node:os";
import { Refusal } from "../../../core/problems";
import type { LabHost } from "../../../lab/client/lab-host";
import { showing } from "../../../lab/commands/progress";
import { startPaused } from "../../../test/lab/support/nested-guest";
import { defaultHost } from "./host";
import { imageBuildSeconds } from "./image-build";
import { memoryGiB } from "./memory";
import { type BenchOptions, readOptions } from "./options";
import { inScratch, type Scratch } from "./scratch";
import { type Series, series, timed } from "./series";
import { type Row, rowOfRuns, rowOfValue, tableText } from "./table";

/** The lab's promises, under TCG. */
const GOALS = { imageSeconds: 90, bootSeconds: 60, restoreSeconds: 15, memoryGiB: 6 };
/** For the display of progress alone. */
const [NESTED_SECONDS, SETTLE_SECONDS] = [30, 20];
const SNAPSHOT = "booted";

interface HostResults {
  readonly boots: Series;
  readonly restores: Series;
  readonly nested: Series;
  readonly memoryAfterBoot?: number;
  readonly memoryAtTheEnd?: number;
}

async function measure(options: BenchOptions, scratch: Scratch): Promise<boolean> {
  process.stdout.write(
    `${availableParallelism()} CPUs, load ${loadavg()[0]?.toFixed(1)}; each run is shown as it ends, medians count\n`,
  );
  const image = await series(scratch, "image build", options.image ? 1 : 0, GOALS.imageSeconds, () =>
    imageBuildSeconds(scratch),
  );
  const { boots, restores, nested, memoryAfterBoot, memoryAtTheEnd } = await measureHost(options, scratch);
  const rows: Row[] = [
    rowOfRuns("image build (s)", image, GOALS.imageSeconds),
    rowOfRuns("boot to SSH (s)", boots, GOALS.bootSeconds),
    rowOfRuns("snapshot restore to SSH (s)", restores, GOALS.restoreSeconds),
    rowOfRuns("nested guest paused, complete (s)", nested),
    rowOfValue("memory per host after boot (GiB)", memoryAfterBoot, GOALS.memoryGiB),
    rowOfValue("memory per host at the end (GiB)", memoryAtTheEnd, GOALS.memoryGiB),
  ];
  const failures = [image, boots, restores, nested].flatMap((each) => each.failures);
  if (failures.length > 0) process.stdout.write(`\n${failures.join("\n")}\n`);
  process.stdout.write(`\n${tableText(rows)}`);
  return rows.every(({ missed }) => !missed);
}

/** One host for all: made once, then started anew, restored, and given guests. */
async function measureHost({ boots, restores, nested }: BenchOptions, scratch: Scratch): Promise<HostResults> {
  const none: Series = { wanted: 0, seconds: [], failures: [] };
  if (boots + restores + nested === 0) return { boots: none, restores: none, nested: none };
  const host = await defaultHost(scratch);
  const { product, accelerator, cpus, memoryMiB } = await host.status();
  process.stdout.write(`${product}: ${accelerator}, ${cpus} CPUs, ${memoryMiB} MiB\n`);
  // The first boot gives the host its name and keys: it is not counted.
  await showing("first boot, not counted", GOALS.bootSeconds, host.up());
  const memoryAfterBoot = await memoryGiB(host);
  return {
    memoryAfterBoot,
    boots: await series(scratch, "boot to SSH", boots, GOALS.bootSeconds, () =>
      timed(() => host.nextBoot(() => host.reset("ForceRestart"))),
    ),
    restores: restores === 0 ? none : await measureRestores(scratch, host, restores),
    nested: await series(scratch, "nested guest, paused", nested, NESTED_SECONDS, () => pausedStart(host)),
    memoryAtTheEnd: await memoryGiB(host),
  };
}

async function measureRestores(scratch: Scratch, host: LabHost, runs: number): Promise<Series> {
  // Nothing of the boot shall go on after each restore.
  await showing("end of the boot", SETTLE_SECONDS, host.tryRun("systemctl is-system-running --wait"));
  await host.snapshot(SNAPSHOT);
  return series(scratch, "snapshot restore to SSH", runs, GOALS.restoreSeconds, () =>
    timed(async () => {
      await host.restore(SNAPSHOT);
      await host.up();
    }),
  );
}

/** Seconds of a guest's start. @throws Error where its tree lacks a device */
async function pausedStart(host: LabHost): Promise<number> {
  try {
    const guest = await startPaused(host);
    await guest.destroy();
    const { vfioDevices, wanted, startSeconds } = guest;
    if (vfioDevices !== wanted) throw new Error(`${vfioDevices} of ${wanted} devices are in the guest's tree`);
    return startSeconds;
  } catch (error) {
    // What failed may have left half a guest, or have taken the host along: the next try is in a host that has booted anew.
    await host.nextBoot(() => host.reset("ForceRestart"));
    throw error;
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  process.exitCode = (await inScratch((scratch) => measure(options, scratch))) ? 0 : 1;
}

main().catch((error: Error) => {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = error instanceof Refusal ? 2 : 1;
});
