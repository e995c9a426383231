import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** How an sshd is to be. */
export interface SshdOptions {
  /** Folder whose programs come before all others of the machine. */
  readonly programs?: string;
  /** Login shell. */
  readonly shell?: string;
  /** Files of the user's home folder. */
  readonly files?: Readonly<Record<string, string>>;
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
}

/** An OpenSSH server of its own on this machine, with keys, users and files of its own. */
export interface Sshd {
  readonly address: "127.0.0.1";
  readonly port: number;
  /** Who may log in: the user that runs this. */
  readonly user: string;
  /** Password of the user at this server, and at no other. */
  readonly password: string;
  /** Public host key: "ssh-ed25519 AAAA…". */
  readonly hostKey: string;
  /** Private key that may log in, and the file that has it. */
  readonly clientKey: string;
  readonly clientKeyFile: string;
  /** ssh configuration that knows host key and user's key: `ssh -F configFile -p PORT 127.0.0.1`. */
  readonly configFile: string;
  /** Temporary folder of the server, for what a test needs besides. */
  readonly dir: string;
  /** What the server has logged. */
  log(): string;
  /** How often somebody has logged in. */
  logins(): number;
  /** Makes the server hang: nothing is answered, no connection ends. */
  pause(): void;
  resume(): void;
  /** Breaks all connections, at once. */
  cut(): void;
  stop(): Promise<void>;
}

/** Starts the sshd that `npm run setup` has unpacked. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const program = process.env.GPUDIRECT_SSHD;
  if (!program) throw new Error("GPUDIRECT_SSHD is not set: run this by npm test, or npm run setup -- --json names it");
  const dir = mkdtempSync(join(tmpdir(), "sshd-"));
  const file = (name: string, text: string): string => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  for (const name of ["host", "client"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", join(dir, name)]);
  }
  for (const [name, text] of Object.entries(options.files ?? {})) file(name, text);
  const port = await freePort();
  const hostKey = publicKey(join(dir, "host.pub"));
  const { username: user, uid } = userInfo();
  // Where it runs as root, sshd needs this folder, which is that of the package.
  if (uid === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const password = `secret-${port}`;
  const env = { ...process.env, ...users(file, dir, password, options.shell ?? "/bin/sh") };
  const path = options.programs === undefined ? [] : [`SetEnv PATH=${options.programs}:${process.env.PATH}`];
  const config = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(dir, "host")}`,
    `AuthorizedKeysFile ${join(dir, "client.pub")}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PermitRootLogin yes",
    "PasswordAuthentication yes",
    "LogLevel VERBOSE",
    ...path,
    ...(options.config ?? []),
  ];
  const child = spawn(program, ["-D", "-e", "-f", file("sshd_config", `${config.join("\n")}\n`)], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr.on("data", (chunk) => {
      log += chunk;
      if (/Server listening/.test(log)) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`sshd ended with code ${code}: ${log}`)));
  });
  const ownProcesses = () => [child.pid ?? 0, ...descendants(child.pid ?? 0, "sshd")];
  return {
    address: "127.0.0.1",
    port,
    user,
    password,
    hostKey,
    clientKey: readFileSync(join(dir, "client"), "utf8"),
    clientKeyFile: join(dir, "client"),
    configFile: file(
      "ssh_config",
      `UserKnownHostsFile ${file("known_hosts", `[127.0.0.1]:${port} ${hostKey}\n`)}\nIdentityFile ${join(dir, "client")}\nIdentityAgent none\n`,
    ),
    dir,
    log: () => log,
    logins: () => log.match(/^Accepted \S+ for /gm)?.length ?? 0,
    pause: () => signal(ownProcesses(), "SIGSTOP"),
    resume: () => signal(ownProcesses(), "SIGCONT"),
    cut: () => signal(ownProcesses().slice(1), "SIGKILL"),
    async stop() {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
      signal(ownProcesses(), "SIGKILL");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The users that the server knows, by nss_wrapper (nss_wrapper(1)): this one, and the one that sshd needs. */
function users(file: (name: string, text: string) => string, home: string, password: string, shell: string) {
  const { username, uid, gid } = userInfo();
  const hash = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: password }).toString().trim();
  const passwd = `${username}:${hash}:${uid}:${gid}:test:${home}:${shell}\nsshd:x:65533:65533::/run/sshd:/bin/false\n`;
  return {
    NSS_WRAPPER_PASSWD: file("passwd", passwd),
    NSS_WRAPPER_GROUP: file("group", `${username}:x:${gid}:\nsshd:x:65533:\n`),
  };
}

/** A public key without its comment. */
function publicKey(path: string): string {
  return readFileSync(path, "utf8").split(" ").slice(0, 2).join(" ");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

/** Processes of a name that a process has started, and they in turn. */
function descendants(pid: number, name: string): number[] {
  const children = readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const [, comm, parent] = /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, "utf8")) ?? [];
        return comm === name && Number(parent) === pid ? [Number(entry)] : [];
      } catch {
        // It has just ended.
        return [];
      }
    });
  return [...children, ...children.flatMap((child) => descendants(child, name))];
}

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has just ended.
    }
  }
}
