import { once } from "node:events";
import { closeSync, constants, openSync, writeFileSync, writeSync } from "node:fs";
import { spawnDetached } from "../child";
import type { SshAccess } from "./access";
import { ConnectFailure } from "./connect-failure";
import type { Keeper } from "./keeper";
import { isEncrypted, normalized } from "./private-key";

/** How often ssh may ask for the password: by the methods "password" and "keyboard-interactive", once each. */
const PASSWORD_COPIES = 2;

/**
 * The program that ssh asks for the password. It answers only the connection itself, never the ssh of a jump host (whose
 * parent's id is another one), and no question for something else. It reads byte by byte, so one line.
 */
const ASKPASS = `#!/bin/sh
[ "$PPID" = "$GPUDIRECT_SSH_PID" ] || exit 1
case $1 in *assphrase*|*" PIN "*|*yes/no*) exit 1;; esac
IFS= read -r password < "\${0%/*}/password" && printf '%s\\n' "$password"
`;

/** Puts a private key into the keeper's agent, and its public part into a file, for ssh to name it by. */
export async function addKey(keeper: Keeper, key: string): Promise<void> {
  if (isEncrypted(key)) {
    const reason = `privateKey is protected by a passphrase, which nobody can be asked for; remove it with "ssh-keygen -p", or load the key into your ssh-agent and leave privateKey out`;
    throw new ConnectFailure("authenticate", reason);
  }
  const added = await sshAdd(keeper, ["-q", "-"], normalized(key));
  if (added.code !== 0) {
    // What ssh-add says of a key does not quote it.
    throw new ConnectFailure("authenticate", `privateKey is no private key that ssh-add takes: ${added.stderr.trim()}`);
  }
  // Its comment is the private key's, and so the user's secret.
  const [type, body] = (await sshAdd(keeper, ["-L"], "")).stdout.split(" ");
  writeFileSync(keeper.path("key.pub"), `${type} ${body?.trim()}\n`, { mode: 0o600 });
}

async function sshAdd(keeper: Keeper, args: string[], input: string) {
  const child = spawnDetached(["ssh-add", ...args], {
    SSH_AUTH_SOCK: keeper.path("agent"),
    SSH_ASKPASS_REQUIRE: "never",
  });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    text.stdout += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    text.stderr += chunk;
  });
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code: code as number | null, ...text };
}

/** The environment of ssh while it connects. */
export function askpassEnv(keeper: Keeper, access: SshAccess): NodeJS.ProcessEnv {
  // Without a password nothing may ask for one: there is nobody to answer.
  if (access.password === undefined) return { SSH_ASKPASS_REQUIRE: "never" };
  return { SSH_ASKPASS: keeper.path("askpass"), SSH_ASKPASS_REQUIRE: "force" };
}

/** Makes a password ready to be asked for. It lies in a pipe, which is empty again when the function given is called. */
export function offerPassword(keeper: Keeper, password: string): () => void {
  if (/[\n\0]/.test(password)) throw new ConnectFailure("authenticate", "a password has no line breaks");
  writeFileSync(keeper.path("askpass"), ASKPASS, { mode: 0o700 });
  // Open for both, so that neither side waits for the other.
  const pipe = openSync(keeper.path("password"), constants.O_RDWR);
  writeSync(pipe, `${password}\n`.repeat(PASSWORD_COPIES));
  return () => closeSync(pipe);
}
