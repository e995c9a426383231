import { joinPath } from "../problems";
import { resolveInterfaces } from "./resolve-nics";
import { fieldOf } from "./selection";
import type { NicSettings } from "./settings";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

/** Settings that may take an interface off the network for a moment, or for good. */
export const DISRUPTIVE: readonly (keyof NicSettings)[] = ["mtu", "rxRing", "txRing"];

/**
 * Nobody is locked out by what is given back: an adapter that came to carry the default route or the SSH connection since it
 * was tuned keeps its MTU and its rings. Paths that are no change therefore, and what to tell of them.
 */
export function keptForRoute(observed: ObservedTuning, wanted: TuningInputs): { beyond: string[]; warnings: string[] } {
  const { adapters, atBoot } = observed;
  const interfaces = resolveInterfaces(observed, wanted);
  const paths = Object.entries(adapters)
    .filter(([, { carriesRoute }]) => carriesRoute)
    .flatMap(([address]) => {
      const entry = joinPath("interfaces", address);
      const isNamed = (name: keyof NicSettings) => fieldOf(interfaces[address], name) !== undefined;
      return DISRUPTIVE.filter((name) => !isNamed(name)).map((name) => joinPath(entry, name));
    });
  const ours = paths.filter((path) => Object.hasOwn(atBoot, path));
  const why = "the default route or the SSH connection goes by this adapter";
  return { beyond: paths, warnings: ours.map((path) => `${path} stays as it is: ${why}`) };
}

/** Whether a change would do that. */
export function isCutOff({ adapters }: Pick<ObservedTuning, "adapters">, keys: readonly (string | number)[]): boolean {
  const [map, address, name] = keys;
  if (map !== "interfaces" || adapters[String(address)]?.carriesRoute !== true) return false;
  return name === undefined || DISRUPTIVE.some((one) => one === name);
}
