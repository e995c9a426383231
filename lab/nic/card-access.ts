import type { CardFirmware, Settings } from "./card";

/** A card that a program has opened by one of its functions. */
export interface OpenCard {
  readonly firmware: CardFirmware;
  /** Writes the values of the next boot to flash, all of them or none. */
  store(settings: Settings): void;
  /** The firmware resets by itself: what is stored comes into force. The PCI side stays as it is. */
  resetFirmware(): void;
}

/** Opens cards as the host of a request sees them. */
export interface CardAccess {
  /** @throws Error with the sentence that the programs print. */
  open(device: string): OpenCard;
  /** Functions of cards that the host sees, sorted. */
  list(): string[];
}
