import type { Baseline } from "./model";

type Identity = Baseline["identity"];

/** What differs between the machine that was written down and the one that answers now; undefined where nothing does. */
export function otherMachine(recorded: Identity, now: Identity): string | undefined {
  const names = { systemUuid: "UUID", serialNumber: "serial number", vendor: "vendor", product: "product" } as const;
  const differing = Object.entries(names).filter(([key]) => {
    const [was, is] = [recorded[key as keyof Identity], now[key as keyof Identity]];
    return was !== undefined && is !== undefined && was !== is;
  });
  const told = differing.map(
    ([key, name]) => `${name} ${now[key as keyof Identity]} in place of ${recorded[key as keyof Identity]}`,
  );
  return told.length > 0 ? told.join(", ") : undefined;
}
