import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { recordOf } from "./records";
import { type Args, resourceOf, type Sample, type Thing } from "./sample";
import type { Stack } from "./stack";
import { stampsOf } from "./stamps";
import { until } from "./until";
import { revealed, secret } from "./values";

type Json = Record<string, unknown>;

/** Was there before; `numbers` is in no program, and so never touched. */
const ORIGINAL = {
  serial: "s-7",
  size: 9,
  owner: "admin",
  numbers: [1, 2],
  disks: { old: { sizeGiB: 5, bus: "scsi" } },
};

/** The test provider's resource of settings. */
export const settingsSample: Sample = {
  type: "test:index:Settings",
  plugin: "test",
  restores: true,
  update: { args: { size: 6, labels: { team: "b", zone: "c" } }, paths: ["labels.team", "labels.zone", "size"] },
  nested: { path: "disks.data.sizeGiB", beside: "disks.data.bus" },
  thing: (stack, { name }, suffix) => settingsFile(stack, name, suffix),
};

/** A settings file on a machine, by the machine's name; the same one for the same names. */
export const settingsFile = (stack: Stack, host: string, suffix: string) => new SettingsFile(stack, host, suffix);

class SettingsFile implements Thing {
  readonly token = randomUUID();
  readonly args: Args;
  readonly id: string;
  readonly file: string;

  constructor(
    stack: Stack,
    host: string,
    private readonly suffix: string,
  ) {
    // A folder of its own shows each file that was made or taken away in it.
    this.file = stack.file(`${suffix}/settings.json`);
    this.id = `${host}/settings/${this.file}`;
    this.args = {
      host,
      file: this.file,
      size: 4,
      labels: { team: "a" },
      disks: { data: { sizeGiB: 10 } },
      limits: { cpu: 2 },
      password: secret(this.token),
    };
    mkdirSync(dirname(this.file), { recursive: true });
  }

  prepare(): void {
    this.write(ORIGINAL);
  }

  makeByHand(): void {
    this.write({ serial: "s-8", ...(this.expected(this.args) as Json) });
  }

  snapshot(): Json | undefined {
    return existsSync(this.file) ? JSON.parse(readFileSync(this.file, "utf8")) : undefined;
  }

  facts(): Json {
    const { serial, numbers, ...rest } = this.snapshot() ?? {};
    return rest;
  }

  expected(args: Args): Json {
    const { host, file, disks, mode, restoreOnDelete, ...rest } = revealed(args) as Json;
    const withBus = Object.entries((disks ?? {}) as Record<string, Json>).map(([name, disk]) => [
      name,
      { bus: "virtio", ...disk },
    ]);
    return { owner: "root", ...rest, disks: Object.fromEntries(withBus) };
  }

  ownership = (): string | undefined => recordOf("settings", this.file);

  lastWrite = (): string => [stampsOf(dirname(this.file), this.file), this.ownership()].join("\n");

  drift({ nested, beside }: { nested?: boolean; beside?: boolean }): void {
    const found = this.snapshot() ?? {};
    const { data, ...others } = found.disks as Record<string, Json>;
    const changed = { ...data, ...(nested ? { sizeGiB: 77 } : {}), ...(beside ? { bus: "scsi" } : {}) };
    this.write({ ...found, disks: { ...others, data: changed } });
  }

  async upToStall(stack: Stack) {
    stack.resources({ [this.suffix]: resourceOf(settingsSample, { ...this.args, mode: "hang" }) });
    const before = readFileSync(this.file, "utf8");
    const up = stack.start("up", "--yes", "--skip-preview");
    await until("the settings are written", () => readFileSync(this.file, "utf8") !== before);
    return up;
  }

  private write(values: Json): void {
    writeFileSync(this.file, JSON.stringify(values));
  }
}
