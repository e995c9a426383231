import type { AttributeRegistry } from "../../../core/bios/bios-reading";
import { parseRegistry } from "../../../core/bios/parse-registry";
import { listAt } from "./json";

/** The attribute registry that a document is, by the id that the BIOS settings refer to it; undefined where it is none. */
export function registryOf(id: string, document: unknown): AttributeRegistry | undefined {
  if (listAt(document, "RegistryEntries", "Attributes").length === 0) return undefined;
  return { ...parseRegistry(document), id };
}
