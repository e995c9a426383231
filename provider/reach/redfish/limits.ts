/** Times in milliseconds, and counts, that work on a BMC keeps to. */
export interface Limits {
  /** For connecting, the TLS handshake included. */
  readonly connectMs: number;
  /** For one request; a BMC may take half a minute to put its registry together. */
  readonly requestMs: number;
  /** For one reading or writing with all its requests and waits. */
  readonly totalMs: number;
  /** Tries of one request. */
  readonly tries: number;
  /** The first wait before a request is sent again; each further one is twice as long, up to the longest. */
  readonly backoffMs: number;
  readonly longestBackoffMs: number;
  /** The longest wait that a Retry-After is granted. */
  readonly longestRetryAfterMs: number;
  /** How long a session is kept after the last use. */
  readonly idleMs: number;
  /** For putting settings back where the user gave up midway. */
  readonly cleanUpMs: number;
  /** For ending the session. */
  readonly logOutMs: number;
}

export const LIMITS: Limits = {
  connectMs: 10_000,
  requestMs: 60_000,
  totalMs: 120_000,
  tries: 6,
  backoffMs: 500,
  longestBackoffMs: 8_000,
  longestRetryAfterMs: 30_000,
  idleMs: 5_000,
  cleanUpMs: 30_000,
  logOutMs: 3_000,
};
