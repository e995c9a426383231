import { SETTINGS_FILE, SYSCTL_FILE } from "../own-files";
import { BOOT_UNIT, UDEV_RULES } from "./paths";
import type { PersistedSetting } from "./persisted";

/** A file of this provider; the text is without the last line's end. */
export interface OwnFile {
  readonly path: string;
  /** Permission bits in octal. */
  readonly mode: "644" | "755";
  readonly text: string;
}

/** First line of every file. */
export const MARK = "# Written by pulumi-gpudirect, which owns this file: changes to it are drift.";

export function sysctlFile(settings: readonly PersistedSetting[]): OwnFile[] {
  const lines = settings.filter(({ kind }) => kind === "sysctl").map(({ name, value }) => `${name} = ${value}`);
  return lines.length === 0 ? [] : [{ path: SYSCTL_FILE, mode: "644", text: [MARK, ...lines].join("\n") }];
}

/** Settings of adapters and GPUs, a line each, which the script of each boot reads. */
export function settingsFile(settings: readonly PersistedSetting[]): OwnFile {
  const lines = settings
    .filter(({ kind }) => kind !== "sysctl")
    .map(({ kind, address, name, value }) => `${kind} ${address} ${name} ${value}`);
  const text = [MARK, "# KIND ADDRESS SETTING VALUE", ...lines].join("\n");
  return { path: SETTINGS_FILE, mode: "644", text };
}

/** Addresses of the adapters that have persisted settings. */
export const adaptersOf = (settings: readonly PersistedSetting[]): string[] => [
  ...new Set(settings.filter(({ kind }) => kind === "interface").map(({ address }) => address)),
];

/**
 * For adapters whose driver loads late or that are reset: udev runs the script when their interface comes, before it tells
 * anybody else of it (udev(7), RUN), so before the network's owner configures it. Nothing is renamed: a .link file of
 * ours would take the place of the one in force, and of its NamePolicy= (systemd.link(5)).
 *
 * NVIDIA's driver may load, or be loaded anew, after the unit has run. GPUs take longer than udev lets a program run, so that
 * its module starts the unit (systemd.device(5), SYSTEMD_WANTS; systemd's own 99-systemd.rules do so for the module fuse).
 */
export function udevRules(settings: readonly PersistedSetting[], script: string): OwnFile[] {
  const rules = adaptersOf(settings).map(
    (address) => `ACTION=="add", SUBSYSTEM=="net", KERNELS=="${address}", RUN+="${script} adapter ${address}"`,
  );
  if (settings.some(({ kind }) => kind === "gpu")) {
    rules.push(
      `ACTION=="add", SUBSYSTEM=="module", KERNEL=="nvidia", TAG+="systemd", ENV{SYSTEMD_WANTS}+="${BOOT_UNIT}"`,
    );
  }
  return rules.length === 0 ? [] : [{ path: UDEV_RULES, mode: "644", text: [MARK, ...rules].join("\n") }];
}
