import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

const ROOT = "/redfish/v1";
const SESSIONS = `${ROOT}/SessionService/Sessions`;
const BIOS = `${ROOT}/Systems/1/Bios`;
const link = (path: string) => ({ "@odata.id": path });

const DOCUMENTS: Readonly<Record<string, object>> = {
  [`${ROOT}/`]: { RedfishVersion: "1.18.0", Systems: link(`${ROOT}/Systems`), Links: { Sessions: link(SESSIONS) } },
  [`${ROOT}/Systems`]: { Members: [link(`${ROOT}/Systems/1`)] },
  [`${ROOT}/Systems/1`]: { Id: "1", PowerState: "On", Bios: link(BIOS) },
  [BIOS]: { Attributes: { Mode: "slow" }, "@Redfish.Settings": { SettingsObject: link(`${BIOS}/SD`) } },
  [`${BIOS}/SD`]: { Attributes: {} },
};

export interface QuotingBmc {
  readonly address: string;
  /** Tokens of the sessions that it gave out. */
  readonly tokens: readonly string[];
  /** Whether it lets in at all. */
  letsIn: boolean;
  close(): Promise<void>;
}

/** A BMC whose every refusal quotes what its client has sent to log in, in all forms, and the body of the request. */
export async function startQuotingBmc(user: string, password: string): Promise<QuotingBmc> {
  const tokens: string[] = [];
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  const quotes = [password, JSON.stringify(password), encodeURIComponent(password), basic];
  const refusal = (token: string, sent: string) => ({
    error: {
      "@Message.ExtendedInfo": [
        {
          MessageId: "Base.1.18.PropertyValueError",
          Message: `Mode was not written for ${quotes.join(" ")} ${token} of ${sent}`,
          MessageArgs: ["Mode"],
          Resolution: `Do not send ${quotes.join(" ")}`,
        },
      ],
    },
  });
  const answer = (request: IncomingMessage, sent: string) => {
    const { method, url = "", headers } = request;
    if (method === "POST" && bmc.letsIn) {
      const token = randomBytes(16).toString("hex");
      tokens.push(token);
      return { status: 201, headers: { "x-auth-token": token, location: `${SESSIONS}/1` }, body: {} };
    }
    if (method === "GET") return { status: url in DOCUMENTS ? 200 : 404, body: DOCUMENTS[url] ?? {} };
    if (method === "DELETE") return { status: 204 };
    return { status: method === "POST" ? 401 : 400, body: refusal(String(headers["x-auth-token"]), sent) };
  };
  const server = createServer(async (request, response) => {
    const { status, headers = {}, body } = answer(request, await text(request));
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body && JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bmc: QuotingBmc = {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens,
    letsIn: true,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return bmc;
}
