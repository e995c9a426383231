import { type BootNeed, NO_BOOT } from "../boot/boot-need";
import type { Attributes, AttributeValue, BiosReading } from "./bios-reading";
import { quoted } from "./check-value";
import { nextValues, runningValue, valueIn } from "./next-values";

const NOTHING: ReadonlyMap<string, AttributeValue> = new Map();

/**
 * The boot that BIOS settings wait for, once `writes` are written besides: one restart applies all of them. Also for
 * settings that others have left waiting, since the same boot applies them. `before` is what was last seen in force.
 */
export function bootNeedOf(
  reading: Pick<BiosReading, "current" | "pending" | "appliesAtOnce">,
  before: Attributes,
  writes: ReadonlyMap<string, AttributeValue> = NOTHING,
): BootNeed {
  if (reading.appliesAtOnce) return NO_BOOT;
  const next = { ...nextValues(reading), ...Object.fromEntries(writes) };
  const names = new Set([...Object.keys(reading.pending), ...writes.keys()]);
  const reasons = [...names].flatMap((name) => {
    const [now, then] = [runningValue(reading, name), valueIn(next, name)];
    return then === undefined || then === now ? [] : [reasonFor(name, now ?? valueIn(before, name), then)];
  });
  return reasons.length > 0 ? { kind: "reboot", passes: 1, reasons } : NO_BOOT;
}

function reasonFor(name: string, now: AttributeValue | undefined, then: AttributeValue): string {
  const isTold = now !== undefined && now !== then;
  return isTold ? `BIOS ${name} goes from ${quoted(now)} to ${quoted(then)}` : `BIOS ${name} becomes ${quoted(then)}`;
}
