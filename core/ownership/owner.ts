/** Who a thing on a machine belongs to. */
export interface Owner {
  /** `project/stack` */
  readonly stack: string;
  /** URN of the resource, for messages. */
  readonly urn: string;
  /**
   * Drawn anew by each create. A resource that was renamed in the program is created again, then the old one is deleted:
   * the claims tell the two apart where their ids are the same.
   */
  readonly claim: string;
}

/** Why a stack may not take a thing that another one owns; undefined where it may. */
export function refusedBecauseOwned(
  what: string,
  owner: Owner | undefined,
  stack: string,
  takeOverFrom: readonly string[],
): string | undefined {
  if (owner === undefined || owner.stack === stack || takeOverFrom.includes(owner.stack)) return undefined;
  return `${what} belongs to stack ${owner.stack} (${owner.urn}); manage it there, or let this stack take it over by the provider's setting takeOverFrom: ["${owner.stack}"]`;
}
