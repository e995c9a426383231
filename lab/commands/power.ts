import type { ResetType } from "../bmc/managed-system";
import { LabHost } from "../client/lab-host";
import { hostOf, readArguments } from "./arguments";
import { type Command, DEFAULT_NAME } from "./command";
import { showing } from "./progress";

const BOOT_SECONDS = 60;

export const reset: Command = {
  usage: "reset [NAME] [--cold] [--no-wait]",
  says: "presses the reset button, with --cold cuts power for a moment; waits until the host answers by SSH again",
  async run(args) {
    const flags = {
      cold: { type: "boolean", default: false },
      "no-wait": { type: "boolean", default: false },
    } as const;
    const { values, words } = readArguments(args, flags, 1);
    const host = hostOf(words[0]);
    const type: ResetType = values.cold ? "PowerCycle" : "ForceRestart";
    if (values["no-wait"]) await host.reset(type);
    else
      await showing(
        `booting ${host.name}`,
        BOOT_SECONDS,
        host.nextBoot(() => host.reset(type)),
      );
    return 0;
  },
};

export const powerOff: Command = {
  usage: "power-off [NAME] [--graceful]",
  says: "switches the host off at once, with --graceful by its power button; BMC and cards stay; up starts it again",
  async run(args) {
    const { values, words } = readArguments(args, { graceful: { type: "boolean", default: false } }, 1);
    await hostOf(words[0]).reset(values.graceful ? "GracefulShutdown" : "ForceOff");
    return 0;
  },
};

export const down: Command = {
  usage: "down [NAME]",
  says: "ends the host and removes everything of it: disk, firmware state, snapshots, keys",
  async run(args) {
    const { words } = readArguments(args, {}, 1);
    await LabHost.remains(words[0] ?? DEFAULT_NAME).down();
    return 0;
  },
};
