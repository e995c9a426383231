import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostStatus } from "../host/host-status";
import { hasBanner, runBySsh } from "./ssh";

/** An emulated boot takes about a minute, on a machine with other work three times that. */
const LIMIT_MS = 600_000;
const POLL_MS = 250;
const BANNER_LIMIT_MS = 5000;
/** An sshd that was reached and then cut off is tried anew. */
const TRY_LIMIT_MS = 60_000;

/**
 * Waits until a command runs in the host by SSH.
 * @throws Error that says what was waited for, with the end of the serial console
 */
export async function waitUntilUp(status: () => Promise<HostStatus>, limitMs = LIMIT_MS): Promise<void> {
  const limit = performance.now() + limitMs;
  for (;;) {
    const { name, power, ssh, serialLog } = await status();
    if (power === "On" && (await hasBanner(ssh.port, BANNER_LIMIT_MS))) {
      const { status: code } = await runBySsh(ssh.configFile, name, "true", "", TRY_LIMIT_MS);
      if (code === 0) return;
    }
    if (performance.now() > limit) {
      throw new Error(
        `waited ${Math.round(limitMs / 1000)} s for ${name} to answer by SSH; its power is ${power}\n${endOf(serialLog)}`,
      );
    }
    await sleep(POLL_MS);
  }
}

const LINES = 25;

/** The last lines of the serial console, for messages. */
export function endOf(serialLog: string): string {
  if (!existsSync(serialLog)) return "nothing came by the serial console";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes are what is taken out
  const text = readFileSync(serialLog, "utf8").replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "");
  const lines = text.trimEnd().split(/\r?\n/).slice(-LINES);
  return ["the end of its serial console:", ...lines.map((line) => `  | ${line}`)].join("\n");
}
