import type { TuningQuestion } from "./observe-script";
import type { GuestReading } from "./reading";
import { gpuDirectReport } from "./report";
import type { ObservedTuning } from "./tuning-shape";

/**
 * What a look tells, as outputs. Without a question (an import) nobody knows yet what is managed, and the maps of settings
 * are empty.
 */
export function observedTuning(
  reading: GuestReading,
  question: Pick<TuningQuestion, "sysctls"> | undefined,
): ObservedTuning {
  const { adapters, cards, sysctls, gpuAddresses, missingPrograms, init, manifest, atBoot } = reading;
  const asked = [...new Set(question?.sysctls)];
  const isImport = question === undefined;
  return {
    interfaces: isImport ? {} : mapped(adapters, ({ settings }) => settings),
    sysctls: Object.fromEntries(
      asked.flatMap((name) => {
        const value = sysctls.get(name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    gpuClocks: isImport ? {} : mapped(cards, ({ settings }) => settings),
    persistent: manifest.isThere && manifest.damaged.length === 0,
    adapters: mapped(adapters, ({ facts }) => facts),
    cards: mapped(cards, ({ facts }) => facts),
    gpuAddresses: [...gpuAddresses],
    missingPrograms: [...missingPrograms],
    missingSysctls: asked.filter((name) => !sysctls.has(name)),
    init,
    damaged: [...manifest.damaged],
    atBoot: { ...atBoot },
    report: gpuDirectReport(reading),
  };
}

const mapped = <Value, Result>(
  values: ReadonlyMap<string, Value>,
  map: (value: Value) => Result,
): Record<string, Result> => Object.fromEntries([...values].map(([key, value]) => [key, map(value)]));
