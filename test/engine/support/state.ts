/** A stack's state, as `pulumi stack export` prints it. */
export interface Deployment {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly { readonly type: string }[];
}

export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly initErrors?: readonly string[];
}

/** Last part of a URN: the resource's name in the program. */
export const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
