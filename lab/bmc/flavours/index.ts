import { AMI } from "./ami";
import { DELL } from "./dell";
import { DGX } from "./dgx";
import type { Flavour, FlavourName } from "./flavour";

export type { FlavourName };

import { HPE } from "./hpe";
import { SUPERMICRO } from "./supermicro";

export const FLAVOURS: Readonly<Record<FlavourName, Flavour>> = {
  dell: DELL,
  hpe: HPE,
  supermicro: SUPERMICRO,
  ami: AMI,
  dgx: DGX,
};

export const FLAVOUR_NAMES = Object.keys(FLAVOURS) as readonly FlavourName[];

/** The flavour of that name; an error that lists the names otherwise. */
export function flavourNamed(name: string): Flavour {
  const flavour = FLAVOUR_NAMES.find((known) => known === name);
  if (!flavour) throw new Error(`flavour: "${name}" is not a BMC of the lab; use one of ${FLAVOUR_NAMES.join(", ")}`);
  return FLAVOURS[flavour];
}
