/**
 * Why a request has no answer. `connect`: there was no connection, so nothing was done. `certificate`: that of the BMC is
 * not accepted. `lost`, `timeout`: the request was sent, and whether it was obeyed is not known.
 */
export type FailureKind = "connect" | "certificate" | "lost" | "timeout";

export class ExchangeFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
    this.name = "ExchangeFailure";
  }
}
