import type { AttributeRegistry, Attributes } from "../../../core/bios/bios-reading";
import { valueIn } from "./attributes";

/** A settings object that lists this share of what can be written lists everything, not what is pending. */
const WHOLE = 0.9;

/**
 * What waits for the next boot. Some settings objects list what is pending alone: then all of it, for a Bios resource that
 * shows scheduled values early does not tell them from those in force. Others list every setting as it will be: then what
 * differs; where such a BMC shows scheduled values early, nothing tells what is pending.
 */
export function pendingOf(current: Attributes, settings: Attributes, registry?: AttributeRegistry): Attributes {
  const fixed = new Set(registry?.attributes.filter(({ readOnly }) => readOnly).map(({ name }) => name));
  const writable = Object.keys(current).filter((name) => !fixed.has(name));
  const listed = writable.filter((name) => Object.hasOwn(settings, name)).length;
  const listsAll = writable.length > 0 && listed >= writable.length * WHOLE;
  const entries = Object.entries(settings);
  return Object.fromEntries(listsAll ? entries.filter(([name, value]) => valueIn(current, name) !== value) : entries);
}
