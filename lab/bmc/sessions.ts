import { randomBytes } from "node:crypto";

export interface Session {
  readonly id: string;
  readonly userName: string;
  readonly accountId: string;
  readonly token: string;
  readonly createdTime: string;
  readonly lastUsed: number;
}

/** Open sessions. They live in memory: a BMC that starts again knows none of them. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #now: () => number;
  readonly #timeoutSeconds: () => number;
  #count = 0;

  constructor(now: () => number, timeoutSeconds: () => number) {
    this.#now = now;
    this.#timeoutSeconds = timeoutSeconds;
  }

  get all(): readonly Session[] {
    for (const session of this.#sessions.values()) {
      if (this.#now() - session.lastUsed > this.#timeoutSeconds() * 1000) this.#sessions.delete(session.id);
    }
    return [...this.#sessions.values()];
  }

  open(accountId: string, userName: string): Session {
    this.#count += 1;
    const now = this.#now();
    const session: Session = {
      id: `${this.#count}`,
      userName,
      accountId,
      token: randomBytes(16).toString("hex"),
      createdTime: new Date(now).toISOString(),
      lastUsed: now,
    };
    this.#sessions.set(session.id, session);
    return session;
  }

  /** The session of a token. Using it keeps it open. */
  use(token: string): Session | undefined {
    const session = this.all.find((open) => open.token === token);
    if (session) this.#sessions.set(session.id, { ...session, lastUsed: this.#now() });
    return session;
  }

  end(id: string): void {
    this.#sessions.delete(id);
  }

  /** An account that is gone, switched off or has another password loses its sessions. */
  endOf(accountId: string): void {
    for (const session of this.all) if (session.accountId === accountId) this.end(session.id);
  }
}
