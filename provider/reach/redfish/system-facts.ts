import type { SystemFacts } from "../../../core/bios/bios-reading";
import { idOf, textAt } from "./json";

/** What a ComputerSystem says of itself (DSP0268). */
export function systemFactsOf(path: string, document: unknown): SystemFacts {
  const facts = {
    manufacturer: textAt(document, "Manufacturer"),
    model: textAt(document, "Model"),
    biosVersion: textAt(document, "BiosVersion"),
    powerState: textAt(document, "PowerState"),
  };
  return { id: idOf(path), ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) };
}
