import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { buildConnector } from "undici";
import type { BmcAccess } from "./access";
import { certificateProblem } from "./certificate";
import { ExchangeFailure } from "./exchange-failure";

/** Makes connections for undici: checks the certificate before a byte of HTTP goes out, and can end what is half made. */
export class Connector {
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly access: BmcAccess,
    private readonly limitMs: number,
  ) {}

  connect = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    const { hostname: host, protocol, port } = options;
    const secure = protocol === "https:";
    const socket = secure
      ? this.tls(host, Number(port || 443))
      : connectPlain({ host, port: Number(port || 80), noDelay: true });
    this.sockets.add(socket);
    const failed = (error: Error) => {
      clearTimeout(timer);
      socket.off(secure ? "secureConnect" : "connect", connected);
      // undici is told once; what the socket says later is of no interest.
      socket.on("error", () => undefined);
      socket.destroy();
      callback(
        error instanceof ExchangeFailure
          ? error
          : new ExchangeFailure("connect", connectReason(error), { cause: error }),
        null,
      );
    };
    const connected = () => {
      clearTimeout(timer);
      const problem = secure ? certificateProblem(socket as TLSSocket, this.access) : undefined;
      if (problem !== undefined) return failed(new ExchangeFailure("certificate", problem));
      socket.off("error", failed);
      callback(null, socket);
    };
    const timer = setTimeout(
      () => failed(new ExchangeFailure("connect", `it did not answer within ${this.limitMs / 1000} s`)),
      this.limitMs,
    );
    socket.once("error", failed);
    socket.once(secure ? "secureConnect" : "connect", connected);
    socket.once("close", () => this.sockets.delete(socket));
  };

  /** Ends every connection, also those that are being made. */
  close(): void {
    for (const socket of this.sockets) socket.destroy(new Error("closed"));
  }

  private tls(host: string, port: number): TLSSocket {
    const socket = connectTls({
      host,
      port,
      ALPNProtocols: ["http/1.1"],
      // Checked by certificateProblem: Node.js would end the connection without the fingerprint.
      rejectUnauthorized: false,
      ...(isIP(host) ? {} : { servername: host }),
      ...(this.access.caCertificates === undefined ? {} : { ca: this.access.caCertificates }),
    });
    return socket.setNoDelay(true);
  }
}

const CONNECT_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens at its address and port",
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name could not be looked up",
  EHOSTUNREACH: "there is no way to its address",
  ENETUNREACH: "there is no way to its address",
  ETIMEDOUT: "it did not answer",
  ECONNRESET: "it ended the connection",
};

function connectReason(error: NodeJS.ErrnoException): string {
  const { code = "" } = error;
  const words = CONNECT_REASONS[code];
  if (words) return `${words} (${code})`;
  if (/^ERR_SSL|^EPROTO/.test(code)) return `it does not speak TLS as expected (${code})`;
  return error.message;
}
