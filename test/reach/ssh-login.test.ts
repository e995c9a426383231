import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReachError } from "../../provider/reach/reach";
import type { SshAccess } from "../../provider/reach/ssh/access";
import { SshReach } from "../../provider/reach/ssh/ssh";
import { eventually } from "../support/eventually";
import { failsAt, runOptions, runs, uniqueSeconds } from "../support/reach-subject";
import { type Sshd, startSshd } from "../support/sshd";
import { ownTmp, placesOf } from "./support/own-tmp";
import { accessTo } from "./support/ssh";

describe("the login of ssh", function () {
  this.timeout(60_000);
  const tmp = ownTmp();
  let sshd: Sshd;
  const reaches: SshReach[] = [];

  const login = async (access: SshAccess, script = "echo hi"): Promise<string> => {
    const reach = new SshReach("node7", access);
    reaches.push(reach);
    return (await reach.run(script, runOptions())).stdout.toString();
  };
  const refuses = (access: SshAccess, phase: ReachError["phase"], message: RegExp) =>
    assert.rejects(login(access), (error: ReachError) => {
      assert.match(error.message, message);
      return failsAt(phase, "node7")(error);
    });
  const keyFile = (name: string, ...args: string[]): string => {
    const path = join(tmp(), name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-f", path, ...(args.length > 0 ? args : ["-N", ""])]);
    return readFileSync(path, "utf8");
  };
  const without = { privateKey: undefined, password: undefined, hostKeys: undefined };

  before(async () => {
    sshd = await startSshd();
  });
  afterEach(() => Promise.all(reaches.splice(0).map((reach) => reach.close())));
  after(() => sshd.stop());

  describe("host keys", () => {
    it("are those of known_hosts where none are given", async () => {
      assert.equal(await login(accessTo(sshd, { ...without, configFile: sshd.configFile })), "hi\n");
    });

    it("are refused where they are unknown, with the way to make them known", () =>
      refuses(
        accessTo(sshd, { hostKeys: undefined, configFile: "/dev/null" }),
        "authenticate",
        /host key is not known\. Compare what "ssh-keyscan -p \d+ 127\.0\.0\.1" prints .* known_hosts or give it as hostKeys/,
      ));

    it("are refused where they have changed", async () => {
      keyFile("other");
      const [type, key] = readFileSync(join(tmp(), "other.pub"), "utf8").split(" ");
      const changed = /host key has changed\. Another machine may answer .* hostKeys has the machine's new public key/;
      await refuses(accessTo(sshd, { hostKeys: [`${type} ${key}`] }), "authenticate", changed);
      const known = join(tmp(), "known_hosts");
      const config = join(tmp(), "config");
      writeFileSync(known, `[127.0.0.1]:${sshd.port} ${type} ${key}\n`);
      writeFileSync(config, `UserKnownHostsFile ${known}\n`);
      const inFile = accessTo(sshd, { hostKeys: undefined, configFile: config });
      await refuses(inFile, "authenticate", /host key has changed\. .*"ssh-keygen -R"/);
    });

    it("may be several, of which one is right", async () => {
      const other = readFileSync(join(tmp(), "other.pub"), "utf8").trim();
      assert.equal(await login(accessTo(sshd, { hostKeys: [other, sshd.hostKey] })), "hi\n");
    });
  });

  describe("a private key", () => {
    it("is in no file, no arguments and no environment", async () => {
      const secret = sshd.clientKey.split("\n")[2] ?? "";
      const reach = new SshReach("node7", accessTo(sshd));
      reaches.push(reach);
      const places = () => placesOf(secret, tmp()).filter((path) => path !== sshd.clientKeyFile);
      const seconds = uniqueSeconds(1000);
      const cancel = new AbortController();
      const run = reach.run(`sleep ${seconds}`, runOptions({ signal: cancel.signal }));
      run.catch(() => undefined);
      await eventually("it runs", () => runs(reach, seconds));
      assert.ok(secret.length > 20);
      assert.deepEqual(places(), []);
      cancel.abort();
      await assert.rejects(run);
    });

    it("may have lost its last newline, or have those of Windows", async () => {
      assert.equal(await login(accessTo(sshd, { privateKey: sshd.clientKey.trim() })), "hi\n");
      assert.equal(await login(accessTo(sshd, { privateKey: sshd.clientKey.replaceAll("\n", "\r\n") })), "hi\n");
    });

    it("is refused where the machine does not know it", () =>
      refuses(
        accessTo(sshd, { privateKey: keyFile("stranger"), configFile: "/dev/null" }),
        "authenticate",
        new RegExp(`did not let in ${sshd.user}; check user, key and password\nssh said: .*Permission denied`),
      ));

    it("is refused where it has a passphrase, or is none", async () => {
      const protectedKey = keyFile("protected", "-N", "a passphrase");
      await refuses(
        accessTo(sshd, { privateKey: protectedKey }),
        "authenticate",
        /protected by a passphrase.*ssh-keygen -p/,
      );
      const pem = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n";
      await refuses(accessTo(sshd, { privateKey: pem }), "authenticate", /protected by a passphrase/);
      await refuses(accessTo(sshd, { privateKey: "no key" }), "authenticate", /is no private key that ssh-add takes/);
    });

    it("may be an older one in PEM format", async () => {
      const pem = keyFile("pem", "-N", "", "-t", "rsa", "-b", "2048", "-m", "PEM");
      assert.match(pem, /BEGIN RSA PRIVATE KEY/);
      appendFileSync(join(sshd.dir, "client.pub"), readFileSync(join(tmp(), "pem.pub")));
      assert.equal(await login(accessTo(sshd, { privateKey: pem, configFile: "/dev/null" })), "hi\n");
    });
  });

  describe("a password", () => {
    const withPassword = (more: Partial<SshAccess> = {}): SshAccess =>
      accessTo(sshd, { privateKey: undefined, password: sshd.password, configFile: "/dev/null", ...more });

    it("logs in, and is in no file, no arguments and no environment", async () => {
      const reach = new SshReach("node7", withPassword());
      reaches.push(reach);
      assert.equal((await reach.run("echo hi", runOptions())).stdout.toString(), "hi\n");
      assert.match(sshd.log(), /^Accepted password for /m);
      assert.deepEqual(placesOf(sshd.password, tmp()), []);
    });

    it("is refused where it is wrong", () =>
      refuses(withPassword({ password: "wrong" }), "authenticate", /did not let in .*Permission denied/s));

    it("is not told to a jump host", async () => {
      const jump = await startSshd({ config: ["PubkeyAuthentication no"] });
      try {
        const config = join(tmp(), "jump-config");
        writeFileSync(config, readFileSync(jump.configFile));
        const name = `${jump.user}@127.0.0.1:${jump.port}`;
        const access = withPassword({ password: jump.password, jump: name, configFile: config });
        await refuses(access, "authenticate", /Permission denied/);
        assert.match(jump.log(), /^Connection from /m);
        assert.equal(jump.logins(), 0);
      } finally {
        await jump.stop();
      }
    });
  });

  it("goes by a jump host", async () => {
    const jump = await startSshd();
    try {
      const access = accessTo(sshd, { jump: `${jump.user}@127.0.0.1:${jump.port}`, configFile: jump.configFile });
      assert.equal(await login(access), "hi\n");
      assert.equal(jump.logins(), 1);
    } finally {
      await jump.stop();
    }
  });

  it("is as the user's configuration has it, but for what is said of a machine", async () => {
    const config = join(tmp(), "user-config");
    const host = `Host node7\n HostName 127.0.0.1\n Port ${sshd.port}\n RemoteCommand false\n RequestTTY yes\n ControlMaster auto\n ControlPath ${tmp()}/user-%C\n`;
    writeFileSync(config, `${readFileSync(sshd.configFile)}${host}`);
    assert.equal(await login({ address: "node7", configFile: config, connectTimeoutSeconds: 15, sudo: false }), "hi\n");
  });

  describe("sudo", () => {
    const sudos = {
      good: '[ "$1" = -n ] || exit 9; shift; AS_ROOT=yes exec "$@"',
      asks: 'echo "sudo: a password is required" >&2; exit 1',
    };
    /** A machine with an `id` and a `sudo` of its own. */
    const machine = (uid: number, sudo: keyof typeof sudos): Promise<Sshd> => {
      const programs = mkdtempSync(join(tmp(), "programs-"));
      for (const [name, text] of Object.entries({ id: `echo ${uid}`, sudo: sudos[sudo] })) {
        writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      }
      return startSshd({ programs });
    };

    it("runs everything as root where the user is not", async () => {
      const server = await machine(1000, "good");
      const reach = new SshReach("node7", accessTo(server, { sudo: true }));
      try {
        assert.equal((await reach.run("echo $AS_ROOT", runOptions())).stdout.toString(), "yes\n");
        const program = await reach.runProgram(["printenv", "AS_ROOT"], runOptions({ input: "x" }));
        assert.equal(program.stdout.toString(), "yes\n");
        const seconds = uniqueSeconds(1000);
        await assert.rejects(
          reach.run(`sleep ${seconds}`, runOptions({ timeoutMs: 500 })),
          failsAt("timeout", "node7"),
        );
        await eventually("it ends", async () => !(await runs(reach, seconds)));
      } finally {
        await reach.close();
        await server.stop();
      }
    });

    it("is not used where the user is root", async () => {
      const server = await machine(0, "asks");
      try {
        assert.equal(await login(accessTo(server, { sudo: true })), "hi\n");
      } finally {
        await server.stop();
      }
    });

    it("says which line of sudoers is missing where it asks for a password", async () => {
      const server = await machine(1000, "asks");
      const line = `${server.user} ALL=\\(root\\) NOPASSWD: ALL`;
      try {
        await refuses(
          accessTo(server, { sudo: true }),
          "privilege",
          new RegExp(`"${line}".*\nsudo said: sudo: a password is required`),
        );
        assert.equal(await login(accessTo(server)), "hi\n", "without sudo");
      } finally {
        await server.stop();
      }
    });
  });
});
