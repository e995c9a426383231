import { joinPath, type Problem } from "../problems";
import { missingProgram } from "./needed-programs";
import { isRing, type NicSetting, QOS_SETTINGS } from "./resolve-nics";
import { entriesOf, fieldOf, selectedAdapters } from "./selection";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

/**
 * Programs that are missing, each told once, at the first input that needs it. Without ethtool no ring has a number, and
 * resolving leaves max out: so of rings counts what was asked for.
 */
export function programRefusals(
  observed: ObservedTuning,
  wanted: TuningInputs,
  interfaces: TuningInputs["interfaces"],
): Problem[] {
  const { missingPrograms, adapters } = observed;
  const selected = selectedAdapters(observed, wanted);
  const asks = (name: NicSetting): string | undefined => {
    for (const [address, own] of entriesOf(interfaces)) {
      const facts = adapters[address];
      const isNeeded =
        facts !== undefined && (isRing(name) ? facts.interfaces.length > 0 : fieldOf(own, name) !== undefined);
      if (!isNeeded) continue;
      const isGeneral = selected.includes(address) && fieldOf(wanted.nicSettings, name) !== undefined;
      if (isGeneral) return joinPath("nicSettings", name);
      const named = entriesOf(wanted.interfaces).find(([one]) => one === address)?.[1];
      if (fieldOf(named, name) !== undefined) return joinPath(joinPath("interfaces", address), name);
    }
    return undefined;
  };
  const first = (names: readonly NicSetting[]) => names.map(asks).find((path) => path !== undefined);
  const without = 'leave it out: with profile "none", what is not named is not set';
  const needs = [
    ["ethtool", first(["rxRing", "txRing"]), "a ring size"],
    ["setpci", first(["maxReadRequest"]), "MaxReadReq"],
    ["mlnx_qos", first(QOS_SETTINGS), "RoCE QoS"],
  ] as const;
  return needs.flatMap(([program, path, use]) =>
    path === undefined || !missingPrograms.includes(program)
      ? []
      : [{ path, message: missingProgram(program, use, without) }],
  );
}
