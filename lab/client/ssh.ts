import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import type { HostDirectory } from "../host/host-directory";
import { writeAtomically } from "../host/write-atomically";

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes the ssh configuration with which `ssh -F FILE NAME` reaches the host, host key checked. */
export function writeSshConfig(directory: HostDirectory, name: string, port: number, hostKey: string): void {
  writeAtomically(directory.knownHosts, `[127.0.0.1]:${port} ${hostKey}\n`);
  const lines = [
    `Host ${name}`,
    "  HostName 127.0.0.1",
    `  Port ${port}`,
    "  User root",
    `  IdentityFile ${quoted(directory.sshKey)}`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile ${quoted(directory.knownHosts)}`,
    "  StrictHostKeyChecking yes",
    "  LogLevel ERROR",
    "  ServerAliveInterval 15",
    "  ServerAliveCountMax 8",
  ];
  writeAtomically(directory.sshConfig, `${lines.join("\n")}\n`);
}

/** As ssh_config(5) reads a path: blanks in quotes, a percent sign doubled. */
const quoted = (path: string): string => `"${path.replaceAll("%", "%%")}"`;

/** Runs a command as root in the simulated host. Status 255 is ssh's own failure, also that it was not done by the limit. */
export function runBySsh(
  configFile: string,
  name: string,
  command: string,
  input = "",
  limitMs = 0,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("ssh", ["-F", configFile, "-o", "BatchMode=yes", name, command], { timeout: limitMs });
    const text = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk) => {
      text.stdout += chunk;
    });
    child.stderr.setEncoding("utf8").on("data", (chunk) => {
      text.stderr += chunk;
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (code) => resolve({ status: code ?? 255, ...text }));
  });
}

/** Whether an sshd answers at the port: a banner within the limit. */
export function hasBanner(port: number, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(limitMs, () => end(false));
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => end(false)).once("close", () => end(false));
  });
}
