import type { ReachPhase } from "../reach";
import type { BmcAccess } from "./access";
import type { Answer, Request } from "./exchange";
import { linkAt } from "./json";
import { saysNoSessionFree, wordsOf } from "./messages";
import { pathWithin } from "./paths";
import { RedfishError } from "./redfish-error";
import { refusal } from "./refusal";
import type { Requests } from "./requests";
import { isBusy } from "./retry";
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
/** How often a password goes out that was never let in: BMCs lock accounts after a few, some already after three. */
const TRIES = 2;

/** How a login ended of which no further one is tried. */
interface Verdict {
  readonly phase: ReachPhase;
  readonly reason: string;
}

/**
 * The login at one BMC: one session that all share, Basic authentication where none can be had. A login that was refused,
 * or whose answers say nothing of the password, is not tried again.
 */
export class Login {
  private readonly opening = new SharedWork<Credentials>();
  private held: Credentials | undefined;
  private verdict: Verdict | undefined;
  /** Whether the password was let in once: then what fails is not its fault. */
  private proven = false;

  constructor(
    private readonly access: BmcAccess,
    private readonly requests: Requests,
    private readonly secrets: Secrets,
  ) {
    secrets.add(access.password, this.basic().headers.authorization?.replace("Basic ", "") ?? "");
  }

  /** @throws RedfishError where no (further) login is tried: of phase "authenticate" where the user was not let in */
  check(work: Work): void {
    if (this.verdict) throw work.fail(this.verdict.phase, this.verdict.reason);
  }

  /** @throws RedfishError as `check`, and where the login fails now */
  async credentials(work: Work, root: ServiceRoot): Promise<Credentials> {
    this.check(work);
    if (this.held) return this.held;
    const retry = (error: unknown) => error instanceof RedfishError && ["cancelled", "timeout"].includes(error.phase);
    return this.opening
      .run(async () => this.held ?? (await this.open(work, root)), work.signal, retry)
      .catch((error: unknown) => {
        if (work.signal.aborted) throw work.ended();
        // Another one's failure, in this one's words.
        this.check(work);
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
    const session = root.sessions === undefined ? undefined : await this.session(work, root.sessions);
    this.held = session ?? (await this.provenBasic(work, root));
    this.proven = true;
    return this.held;
  }

  /** Undefined where no session can be had. */
  private async session(work: Work, path: string): Promise<Credentials | undefined> {
    const { user: UserName, password: Password } = this.access;
    const body = { UserName, Password };
    const answer = await this.tried(work, { method: "POST", path, body, repeatable: true });
    const { status, headers, messages } = answer;
    if (saysNoSessionFree(messages) || NO_SESSIONS.includes(status)) return undefined;
    if (NOT_LET_IN.includes(status)) throw this.refuse(work, answer);
    if (status >= 300) throw this.failed(work, refusal(work, "the login", answer), isBusy(answer));
    const token = headers["x-auth-token"];
    if (token === undefined) return undefined;
    this.secrets.add(token);
    const session = headers.location ?? linkAt(answer.body);
    return {
      headers: { "x-auth-token": token },
      session: session === undefined ? undefined : pathWithin(session),
    };
  }

  /** Basic authentication, tried with one reading before many carry the password at the same moment. */
  private async provenBasic(work: Work, { systems, registries }: ServiceRoot): Promise<Credentials> {
    const basic = this.basic();
    const { headers } = basic;
    const answer = await this.tried(work, { method: "GET", path: pathWithin(systems ?? registries), headers });
    if (answer.status === 401) throw this.refuse(work, answer);
    if (answer.status >= 500) throw this.failed(work, refusal(work, "the login", answer), isBusy(answer));
    return basic;
  }

  /** The answer to a request that carries the password. */
  private async tried(work: Work, request: Request): Promise<Answer> {
    try {
      return await this.requests.send(work, { ...request, tries: TRIES });
    } catch (error) {
      // Without an answer the BMC may have counted it all the same; what was never sent, it has not.
      const isSent = error instanceof RedfishError && ["lost", "timeout"].includes(error.phase);
      throw isSent && !work.signal.aborted ? this.failed(work, error, false) : error;
    }
  }

  private basic(): Credentials {
    const { user, password } = this.access;
    const encoded = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
    return { headers: { authorization: `Basic ${encoded}` }, session: undefined };
  }

  private refuse(work: Work, { messages }: Answer): RedfishError {
    const words = wordsOf(messages);
    const said = words ? ` (it says: ${words})` : "";
    const check = "check bmc.user and bmc.password, and that the account is enabled, not locked, and may use Redfish";
    return this.noMore(work, "authenticate", `the BMC did not let in the user ${this.access.user}${said}; ${check}`);
  }

  /** The error for a login that says nothing of the password. It is the last one, unless it was never looked at. */
  private failed(work: Work, error: RedfishError, busy: boolean): RedfishError {
    return busy || this.proven ? error : this.noMore(work, error.phase, error.reason);
  }

  private noMore(work: Work, phase: ReachPhase, reason: string): RedfishError {
    const calm = "No further login is tried in this run, so that the account does not become locked";
    this.verdict = { phase, reason: `${reason}. ${calm}` };
    return work.fail(phase, this.verdict.reason);
  }
}
