import type { BmcAccess } from "./access";
import type { Answer } from "./exchange";
import { linkAt } from "./json";
import { saysNoSessionFree, wordsOf } from "./messages";
import { pathWithin } from "./paths";
import { RedfishError } from "./redfish-error";
import { refusal } from "./refusal";
import type { Requests } from "./requests";
import type { Secrets } from "./secrets";
import type { ServiceRoot } from "./service-root";
import { SharedWork } from "./shared-work";
import type { Work } from "./work";

/** What a request carries so that the BMC knows its sender. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Where the session is, to be deleted; undefined for Basic authentication. */
  readonly session: string | undefined;
}

/** Answers of a BMC that has no sessions at all. */
const NO_SESSIONS = [404, 405, 501];
/** Some BMCs answer a wrong password with 400. */
const NOT_LET_IN = [400, 401, 403];

/**
 * The login at one BMC: one session that all share, Basic authentication where none can be had. A refused login is not
 * tried again, since BMCs lock accounts after a few.
 */
export class Login {
  private readonly opening = new SharedWork<Credentials>();
  private held: Credentials | undefined;
  private refusedWith: string | undefined;

  constructor(
    private readonly access: BmcAccess,
    private readonly requests: Requests,
    private readonly secrets: Secrets,
  ) {
    secrets.add(access.password, this.basic().headers.authorization?.replace("Basic ", "") ?? "");
  }

  /** @throws RedfishError of phase "authenticate" where the user is not let in, now or before */
  async credentials(work: Work, root: ServiceRoot): Promise<Credentials> {
    if (this.refusedWith !== undefined) throw this.refused(work, this.refusedWith);
    if (this.held) return this.held;
    const retry = (error: unknown) => error instanceof RedfishError && ["cancelled", "timeout"].includes(error.phase);
    return this.opening
      .run(async () => this.held ?? (await this.open(work, root)), work.signal, retry)
      .catch((error: unknown) => {
        if (work.signal.aborted) throw work.ended();
        // Another one's failure, in this one's words.
        if (this.refusedWith !== undefined) throw this.refused(work, this.refusedWith);
        throw error;
      });
  }

  /** To be called where the BMC answered 401: what was held does not hold any more. */
  rejected(work: Work, credentials: Credentials, answer: Answer): void {
    if (this.held === credentials) this.held = undefined;
    if (credentials.session === undefined) throw this.refuse(work, answer);
  }

  /** Ends the session. */
  async end(work: Work): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (held?.session === undefined) return;
    await this.requests.send(work, { method: "DELETE", path: held.session, headers: held.headers });
  }

  private async open(work: Work, root: ServiceRoot): Promise<Credentials> {
    const credentials = root.sessions === undefined ? this.basic() : await this.session(work, root.sessions);
    this.held = credentials;
    return credentials;
  }

  private async session(work: Work, path: string): Promise<Credentials> {
    const { user: UserName, password: Password } = this.access;
    const body = { UserName, Password };
    const answer = await this.requests.send(work, { method: "POST", path, body, repeatable: true });
    const { status, headers, messages } = answer;
    if (saysNoSessionFree(messages) || NO_SESSIONS.includes(status)) return this.basic();
    if (NOT_LET_IN.includes(status)) throw this.refuse(work, answer);
    if (status >= 300) throw refusal(work, "the login", answer);
    const token = headers["x-auth-token"];
    if (token === undefined) return this.basic();
    this.secrets.add(token);
    const session = headers.location ?? linkAt(answer.body);
    return {
      headers: { "x-auth-token": token },
      session: session === undefined ? undefined : pathWithin(session),
    };
  }

  private basic(): Credentials {
    const { user, password } = this.access;
    const encoded = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
    return { headers: { authorization: `Basic ${encoded}` }, session: undefined };
  }

  private refuse(work: Work, { messages }: Answer): RedfishError {
    this.refusedWith = wordsOf(messages);
    return this.refused(work, this.refusedWith);
  }

  private refused(work: Work, words: string): RedfishError {
    const said = words ? ` (it says: ${words})` : "";
    const check = "check bmc.user and bmc.password, and that the account is enabled, not locked, and may use Redfish";
    const calm = "No further login is tried in this run, so that the account does not become locked";
    return work.fail("authenticate", `the BMC did not let in the user ${this.access.user}${said}; ${check}. ${calm}`);
  }
}
