import type { BmcAccess } from "./access";
import { type Answer, Exchange, type Request } from "./exchange";
import { linkAt, listAt, textAt } from "./json";
import type { Limits } from "./limits";
import { Login } from "./login";
import { wordsOf } from "./messages";
import { pathWithin } from "./paths";
import { isOk, refusal } from "./refusal";
import { Requests } from "./requests";
import { Secrets } from "./secrets";
import { ROOT_PATH, type ServiceRoot, serviceRootOf } from "./service-root";
import { unlessAborted } from "./shared-work";
import { Work } from "./work";

/** Pages of a collection that are read at most. */
const PAGES = 20;
/** DSP0266, "GET": a service may send a client on, mostly for a slash at the end. */
const MOVED = [301, 302, 307, 308];

/** A member of a collection: its path, and its contents where the BMC sent them along. */
export interface Member {
  readonly path: string;
  readonly document: unknown;
}

/** Speaks with one BMC as one user: logs in when first needed, shares the session, ends it after use. */
export class BmcClient {
  readonly secrets = new Secrets();
  private readonly exchange: Exchange;
  private readonly requests: Requests;
  private readonly login: Login;
  private rootFound: ServiceRoot | undefined;
  /** Pieces of work in progress. */
  private readonly running = new Set<Promise<unknown>>();
  private idle: NodeJS.Timeout | undefined;
  private ending: Promise<void> = Promise.resolve();

  constructor(
    readonly access: BmcAccess,
    readonly limits: Limits,
  ) {
    this.exchange = new Exchange(access, limits);
    this.requests = new Requests(this.exchange);
    this.login = new Login(access, this.requests, this.secrets);
  }

  /** Does work that sends requests. The session stays open for it, and a little longer. */
  async use<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    // An aborted signal ends the work at its first request.
    for (let ending: unknown; ending !== this.ending && !signal.aborted; ) {
      ending = this.ending;
      await unlessAborted(this.ending, signal).catch(() => undefined);
    }
    clearTimeout(this.idle);
    const mine = work();
    this.running.add(mine);
    try {
      return await mine;
    } finally {
      this.running.delete(mine);
      if (this.running.size === 0) this.idle = setTimeout(() => void this.end(), this.limits.idleMs).unref();
    }
  }

  /**
   * Ends session and connection when the work in progress is over, at most so much later as putting settings back may take:
   * work that was given up may be at that. A later use makes new ones. Never throws.
   */
  end(): Promise<void> {
    clearTimeout(this.idle);
    this.ending = this.ending.then(() => this.quiet()).then(() => this.leave());
    return this.ending;
  }

  /** What the service root says; read once. */
  async root(work: Work): Promise<ServiceRoot> {
    if (this.rootFound) return this.rootFound;
    const answer = await this.requests.send(work, { method: "GET", path: ROOT_PATH });
    if (!isOk(answer)) throw refusal(work, "its Redfish service root", answer);
    if (textAt(answer.body, "RedfishVersion") === undefined && linkAt(answer.body, "Systems") === undefined) {
      throw work.fail("connect", "what answers there is no Redfish service; check bmc.address");
    }
    this.rootFound = serviceRootOf(answer.body);
    return this.rootFound;
  }

  /**
   * The answer to a request as the user, of whatever status but 401 and 403.
   * @throws RedfishError also where the user is not let in, or may not do it
   */
  async send(work: Work, request: Request): Promise<Answer> {
    const root = await this.root(work);
    // A session that was lost (the BMC was reset, or ended it) is made anew once.
    for (let login = 1; ; login += 1) {
      const credentials = await this.login.credentials(work, root);
      const headers = { ...request.headers, ...credentials.headers };
      const answer = await this.requests.send(work, { ...request, headers }, () => this.login.check(work));
      if (answer.status === 401) {
        this.login.rejected(work, credentials, answer);
        if (login < 2) continue;
        throw work.fail("authenticate", "the BMC took the login, but not the session that it gave; reset the BMC");
      }
      if (answer.status === 403) throw this.forbidden(work, answer);
      return answer;
    }
  }

  /** What is at a path; undefined where nothing is. */
  async find(work: Work, path: string, headers?: Request["headers"]): Promise<Answer | undefined> {
    const read = (at: string) =>
      this.send(work, { method: "GET", path: pathWithin(at), ...(headers ? { headers } : {}) });
    let answer = await read(path);
    const { location } = answer.headers;
    if (MOVED.includes(answer.status) && location !== undefined) answer = await read(location);
    if (answer.status === 404 || answer.status === 410) return undefined;
    if (!isOk(answer)) throw refusal(work, path, answer);
    if (answer.body === undefined) throw work.fail("refused", `${path} was answered with something that is not JSON`);
    return answer;
  }

  /** What is at a path that the BMC itself has named. */
  async get(work: Work, path: string): Promise<Answer> {
    const answer = await this.find(work, path);
    if (answer) return answer;
    throw work.fail("refused", `${path}, which the BMC itself names, is not there; reset the BMC where it stays so`);
  }

  /** The members of a collection; undefined where it is not there. With their contents where the BMC sends them along. */
  async members(work: Work, path: string): Promise<readonly Member[] | undefined> {
    const { expand } = await this.root(work);
    const members: Member[] = [];
    let next: string | undefined = `${pathWithin(path).replace(/\/+$/, "")}${expand}`;
    for (let page = 1; next !== undefined && page <= PAGES; page += 1) {
      const answer: Answer | undefined = await this.find(work, next);
      if (!answer) return page === 1 ? undefined : members;
      for (const entry of listAt(answer.body, "Members")) {
        const member = linkAt(entry);
        const isWhole = Object.keys(Object(entry)).some((key) => !key.startsWith("@"));
        if (member !== undefined) members.push({ path: pathWithin(member), document: isWhole ? entry : undefined });
      }
      next = textAt(answer.body, "Members@odata.nextLink");
    }
    return members;
  }

  private forbidden(work: Work, { messages }: Answer) {
    const words = wordsOf(messages);
    const said = words ? ` (it says: ${words})` : "";
    const advice = "use a user with the role Administrator, or Operator where that suffices at this BMC";
    return work.fail("privilege", `the user ${this.access.user} of the BMC may not do this${said}; ${advice}`);
  }

  private async quiet(): Promise<void> {
    await unlessAborted(Promise.allSettled(this.running), AbortSignal.timeout(this.limits.cleanUpMs)).catch(
      () => undefined,
    );
  }

  private async leave(): Promise<void> {
    clearTimeout(this.idle);
    const limits = { ...this.limits, totalMs: this.limits.logOutMs, tries: 3 };
    const options = { signal: new AbortController().signal };
    const work = new Work({ machine: "", task: "log out", options, limits, secrets: this.secrets });
    await this.login.end(work).catch(() => undefined);
    await this.exchange.close();
  }
}
