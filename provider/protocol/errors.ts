import type { ServiceError } from "@grpc/grpc-js";
import { Metadata, status } from "@grpc/grpc-js";
import { Refusal } from "../../core/problems";

/** The request itself makes no sense: a message for its sender. */
export class InvalidRequest extends Error {
  override name = "InvalidRequest";
}

/** The engine cancelled, or the time that the user gave ran out. */
export class Stopped extends Error {
  override name = "Stopped";
}

/** Faults of our own code, as opposed to what machines and users bring about. */
const ownFaults = [TypeError, RangeError, ReferenceError, SyntaxError, EvalError];

/**
 * What a user reads about an error: its message, never a stack trace. Programming errors say that they are ours.
 * The causes of an error follow it, because they often name the reason.
 */
export function messageOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (!(error instanceof Error)) return `internal error: ${String(error)}`;
  if (isOwnFault(error)) return `internal error, please report it: ${error.name}: ${error.message}`;
  return error.message || error.name;
}

/** Whether the error is a programming error of ours. */
export function isOwnFault(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  // Node's own errors (ENOENT, ERR_...) carry a code and come from the outside even where they are TypeErrors.
  return ownFaults.some((type) => error instanceof type) && !("code" in error);
}

/** The error as a gRPC status. FAILED_PRECONDITION tells the engine that the state is well known, UNKNOWN that it is not. */
export function toServiceError(error: unknown): Partial<ServiceError> {
  const code =
    error instanceof InvalidRequest || error instanceof Refusal
      ? status.INVALID_ARGUMENT
      : error instanceof Stopped
        ? status.CANCELLED
        : error instanceof Error && !isOwnFault(error)
          ? status.FAILED_PRECONDITION
          : status.INTERNAL;
  return { code, details: messageOf(error), metadata: new Metadata() };
}
