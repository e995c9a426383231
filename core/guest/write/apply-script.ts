import type { Change } from "../../diff/field-diff";
import { shellWord } from "../../shell-word";
import type { ObservedTuning } from "../tuning-shape";
import { BOOT_SCRIPT } from "./boot-script";
import { EXACT_NETWORK } from "./exact-network";
import { type LiveStep, liveSteps } from "./live-steps";
import { ownerFiles } from "./network-owner-files";
import { BOOT_SCRIPT_FILE, BOOT_UNIT, LINKS_WATCH, unitFile, unitLink } from "./paths";
import { type PersistedSetting, persistedSettings } from "./persisted";
import { type OwnFile, settingsFile, sysctlFile, udevRules } from "./persistent-files";
import { SETTERS } from "./setters";
import type { SettingMaps } from "./setting";
import { TRANSACTION } from "./transaction";
import { bootUnit, linksUnit, linksWatch } from "./units";

/** What is to be of a system. */
export interface TuningTarget extends SettingMaps {
  readonly persistent: boolean;
}

/** What the script has to know of the system. */
export type TunedSystem = SettingMaps & Pick<ObservedTuning, "adapters">;

/**
 * The script that makes the changes and, where settings are persistent, those that are `wanted` again at each boot: POSIX
 * sh, for dash, bash and busybox, one transaction (see TRANSACTION). Exit code 0 where all is set; standard output is then as
 * `parseApplied` understands it. Else standard error says what could not be done and what became of the rest.
 * `GPUDIRECT_ROOT` is a directory to read and write all files below.
 */
export function applyScript(
  target: TuningTarget,
  observed: TunedSystem,
  changes: readonly Change[],
  wanted: SettingMaps = target,
): string {
  const settings = target.persistent ? persistedSettings(wanted, changes) : undefined;
  const staged = settings === undefined ? [] : [stagePersistent(settings, observed), "stage_manifest"];
  return transaction(staged, liveSteps(target, observed, changes), "save_records");
}

/** The script of a delete: makes the changes, and removes all files, the notes of what was set on GPUs too. */
export function giveBackScript(target: SettingMaps, observed: TunedSystem, changes: readonly Change[]): string {
  return transaction([], liveSteps(target, observed, changes), "records= ; save_records");
}

function transaction(staged: readonly string[], steps: readonly LiveStep[], records: string): string {
  const head = [SETTERS, TRANSACTION, EXACT_NETWORK, stepFunction(steps)];
  return `${[...head, ...staged, "stage_removals", "place_files", "make_changes", records, "commit"].join("\n")}\n`;
}

/** `step NUMBER` says what one change is; it fails where there is no such one. */
function stepFunction(steps: readonly LiveStep[]): string {
  const cases = steps.map(({ path, kind, address, name, value, before }, index) => {
    const words = { path, kind, address, name, value, before };
    const assignments = Object.entries(words).map(([word, text]) => `${word}=${shellWord(text)}`);
    return `    ${index + 1}) ${assignments.join(" ")} ;;`;
  });
  return ["step() {", "  case $1 in", ...cases, "    *) return 1 ;;", "  esac", "}"].join("\n");
}

function stagePersistent(settings: readonly PersistedSetting[], { adapters }: TunedSystem): string {
  const { files, hooks, dropIns } = ownerFiles(settings, adapters);
  const plain = [
    ...sysctlFile(settings),
    settingsFile(settings),
    { path: BOOT_SCRIPT_FILE, mode: "755" as const, text: BOOT_SCRIPT },
    ...udevRules(settings, BOOT_SCRIPT_FILE),
    ...files,
  ];
  const lines = [...plain.map((file) => stage("stage", file)), ...hooks.map((file) => stage("stage_hook", file))];
  lines.push(stage("stage", bootUnit), enable(BOOT_UNIT));
  if (dropIns.length > 0) {
    const each = dropIns.map(
      ({ networkFile, file }) => `if is_exact_network ${shellWord(networkFile)}; then
${stage("stage", file)}
else is_shared=1; fi`,
    );
    const watch = [linksUnit, linksWatch].map((file) => stage("stage", file));
    lines.push("is_shared=", ...each, `if [ -n "$is_shared" ]; then`, ...watch, enable(LINKS_WATCH), "fi");
  }
  return lines.join("\n");
}

const stage = (how: string, { path, mode, text }: OwnFile): string =>
  `${how} ${shellWord(path)} ${mode} ${shellWord(text)}`;

/** The link is relative, as below another root it must be. */
const enable = (unit: string): string =>
  `stage_link ${shellWord(unitLink(unit))} ${shellWord(`../${unit}`)} ${shellWord(unitFile(unit))}`;
