import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import type { FlavourName } from "../../../../../lab/bmc/flavours";
import type { Redfish } from "../../../../../provider/reach/redfish";
import { type BmcAccess, Bmcs, LIMITS, type Limits } from "../../../../../provider/reach/redfish";
import { type Bench, clearBenches, startBench } from "../../bmc/support/bench";
import { RedfishClient } from "../../bmc/support/redfish-client";

/** Waits short enough for a test. */
export const QUICK: Limits = { ...LIMITS, backoffMs: 10, longestBackoffMs: 50, idleMs: 60_000 };

/** A lab BMC, our client for it, and what the service saw. */
export interface Lab extends Bench {
  readonly redfish: Redfish;
  readonly bmcs: Bmcs;
  readonly access: BmcAccess;
  /** `METHOD path: status` of each request that was answered. */
  readonly log: string[];
  /** Paths of the sessions that are open. */
  sessions(): Promise<string[]>;
  /** SHA-256 of the certificate that is served now. */
  fingerprint(): Promise<string>;
}

export interface LabSettings {
  readonly limits?: Partial<Limits>;
  readonly access?: Partial<BmcAccess>;
  readonly role?: string;
  readonly bmcs?: Bmcs;
  readonly machine?: string;
  /** Told of each request just before its answer goes out. */
  readonly onRequest?: (line: string) => void;
}

const clients = new Set<Redfish>();
const labs = new Set<Lab>();

export async function startLab(flavour: FlavourName, options: LabSettings = {}): Promise<Lab> {
  const log: string[] = [];
  const bench = await startBench(flavour, {
    log: (line) => {
      log.push(line);
      options.onRequest?.(line);
    },
  });
  const access = { ...accessTo(bench, options.role), ...options.access };
  const bmcs = options.bmcs ?? new Bmcs({ ...QUICK, ...options.limits });
  const redfish = bmcs.redfish(options.machine ?? "node7", access);
  clients.add(redfish);
  const sessions = async () => {
    // A test may change the administrator's password.
    const { body } = await RedfishClient.as(bench.bmc, "Operator").get("/redfish/v1/SessionService/Sessions");
    return body.Members.map((member: { "@odata.id": string }) => member["@odata.id"]);
  };
  const fingerprint = () => fingerprintAt(bench.bmc.port);
  const lab = { ...bench, redfish, bmcs, access, log, sessions, fingerprint };
  labs.add(lab);
  return lab;
}

export function accessTo({ bmc }: Bench, role = "Administrator"): BmcAccess {
  const user = bmc.users.find(({ roleId }) => roleId === role);
  if (!user) throw new Error(`no user with the role ${role}`);
  const caCertificates = readFileSync(bmc.certificateFile, "utf8");
  return { address: bmc.url, user: user.userName, password: user.password, caCertificates, verifyCertificate: true };
}

function fingerprintAt(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

/** To be called after each test: ends what it started, and sees that no session is left at any BMC. */
export async function endLabs(): Promise<void> {
  try {
    await Promise.all([...clients].map((client) => client.close()));
    for (const { bmc, sessions } of labs) {
      bmc.clearModes();
      assert.deepEqual(await sessions(), [], "sessions that were not ended");
    }
  } finally {
    clients.clear();
    labs.clear();
    await clearBenches();
  }
}

/** Options of a piece of work that nobody gives up. */
export const patient = (): BmcWork => {
  const told: string[] = [];
  return { signal: new AbortController().signal, status: (message) => told.push(message), told };
};

interface BmcWork {
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
  readonly told: string[];
}
