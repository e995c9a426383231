import type { Writable } from "node:stream";

/** Where the output of a command goes while it runs. */
export interface Streams {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
}

/** A command that has been started. */
export interface Running {
  /** Its standard input. Errors of it are nobody's concern: how the command ends tells what happened. */
  readonly stdin: Writable;
  /**
   * Its exit code, when it has ended and all of its output was handed on.
   * Rejects with a ReachError where it was not started, or its end cannot be known.
   */
  readonly ended: Promise<number>;
  /** Ends it and all that it started. Resolves soon in any case: with false where it is not known to have ended. */
  stop(): Promise<boolean>;
}
