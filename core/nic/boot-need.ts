import { type BootNeed, NO_BOOT } from "../boot/boot-need";
import { fulfilled, holds, knownParameter } from "./known-parameters";
import type { ParameterValues } from "./parameter-value";

/** What a boot would bring. */
export interface Waiting {
  /** "BlueField3", as the tool names it. */
  readonly deviceType: string;
  /** In force now, of the parameters that the card shows. */
  readonly running: ParameterValues;
  /** What is to be in force. */
  readonly target: ParameterValues;
  /** Those that cannot be set, or not yet. One that the card does not show is among these alone. */
  readonly locked: Readonly<Record<string, string>>;
  readonly unsupported: Readonly<Record<string, string>>;
}

/**
 * Which boots it takes until `target` is in force. A BlueField loads its configuration only after its power was off
 * (NVIDIA's BlueField documentation asks for a power cycle of the server after mlxconfig, and so does mstconfig itself). A parameter that another one unlocks takes two: what unlocks it must be in force first.
 */
export function nicBootNeed({ deviceType, running, target, locked, unsupported }: Waiting): BootNeed {
  const isIn = (map: Readonly<Record<string, unknown>>, name: string): boolean => Object.hasOwn(map, name);
  const first = Object.keys(target)
    .filter((name) => !isIn(unsupported, name) && !isIn(locked, name) && running[name] !== target[name])
    .map((name) => `${name} is to be ${target[name]}${isIn(running, name) ? `, ${running[name]} is in force` : ""}`);
  const second = Object.keys(locked)
    .filter((name) => !isIn(running, name) && isBeingUnlocked(name, target))
    .map((name) => `${name} is locked until ${keysOf(name).join(" and ")} is in force`);
  if (first.length === 0 && second.length === 0) return NO_BOOT;
  const kind = deviceType.startsWith("BlueField") ? "powerCycle" : "reboot";
  return { kind, passes: second.length > 0 ? 2 : 1, reasons: [...first, ...second] };
}

const keysOf = (name: string): string[] => (knownParameter(name)?.needs ?? []).map(fulfilled);

/** Whether what a parameter depends on is to be as it needs it. */
function isBeingUnlocked(name: string, target: ParameterValues): boolean {
  const needs = knownParameter(name)?.needs ?? [];
  return needs.length > 0 && needs.every((need) => Object.hasOwn(target, need.name) && holds(need, target[need.name]));
}
