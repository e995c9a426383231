import { type BiosEffects, FACTORY_BIOS_EFFECTS } from "../../hardware/bios-effects";
import type { Attributes, EffectTable } from "../flavours/flavour";

/** What settings make of the hardware. A field that the vendor offers no attribute for is as the factory set it. */
export function effectsOf(table: EffectTable, settings: Attributes): BiosEffects {
  const effect = <Field extends keyof BiosEffects>(field: Field): BiosEffects[Field] => {
    const decides = table[field] as
      | { readonly attribute: string; readonly values: Readonly<Record<string, BiosEffects[Field]>> }
      | undefined;
    if (!decides) return FACTORY_BIOS_EFFECTS[field];
    return decides.values[String(settings[decides.attribute])] ?? FACTORY_BIOS_EFFECTS[field];
  };
  return {
    virtualization: effect("virtualization"),
    iommu: effect("iommu"),
    acs: effect("acs"),
    sriov: effect("sriov"),
    maxReadRequest: effect("maxReadRequest"),
    aboveFourG: effect("aboveFourG"),
  };
}
