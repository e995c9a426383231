/** What tells one adapter from another. */
export interface CardIdentity {
  /** "ConnectX7" */
  readonly deviceType: string;
  readonly partNumber: string;
  /** Of the vital product data; absent where they cannot be read. */
  readonly serialNumber?: string | undefined;
}

/**
 * Whether two looks at an address saw the same card. Serial numbers decide where both are known: part numbers are worded
 * by the tool's release. What the tool could not tell is no difference.
 */
export function isSameCard(one: CardIdentity, other: CardIdentity): boolean {
  if (one.serialNumber !== undefined && other.serialNumber !== undefined) {
    return one.serialNumber === other.serialNumber;
  }
  const isSame = (a: string, b: string): boolean => a === b || !isTold(a) || !isTold(b);
  return isSame(one.deviceType, other.deviceType) && isSame(one.partNumber, other.partNumber);
}

/** `ConnectX7 MCX75310AAS-NEAT, serial number MT2245X00001` */
export function cardName({ deviceType, partNumber, serialNumber }: CardIdentity): string {
  const model = [deviceType, partNumber].filter(isTold).join(" ") || "adapter of unknown kind";
  return serialNumber === undefined ? model : `${model}, serial number ${serialNumber}`;
}

/** The tool prints N/A for what it could not find out. */
const isTold = (text: string): boolean => text !== "" && text !== "N/A";
