import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { serveFirmwarePort } from "../../../../lab/nic/firmware-port";
import type { NicFirmware } from "../../../../lab/nic/nic-firmware";
import { newDirectory, next, openFirmware } from "./lab-cards";

const PROGRAM = join(__dirname, "../../../../lab/nic/host-programs/mstconfig.py");

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host: a port, a sysfs and the programs; and outside it the keeper, which may be away. */
class Host {
  readonly directory = newDirectory();
  readonly firmware: NicFirmware = openFirmware();
  readonly log: string[] = [];
  readonly received: string[] = [];
  readonly #port = join(this.directory, "port");
  readonly #socket = join(this.directory, "chardev");
  readonly #environment: Record<string, string> = {
    GPUDIRECT_LAB_FIRMWARE_PORT: this.#port,
    GPUDIRECT_LAB_FIRMWARE_LOCK: join(this.directory, "lock"),
    GPUDIRECT_LAB_FIRMWARE_SYSFS: join(this.directory, "sys"),
    GPUDIRECT_LAB_FIRMWARE_USER: "root",
  };
  #bridge: ChildProcess | undefined;
  keeper: Socket | undefined;

  static async start(): Promise<Host> {
    const host = new Host();
    for (const name of ["mstconfig", "mlxconfig", "mstfwreset"]) symlinkSync(PROGRAM, join(host.directory, name));
    host.shows("0000:19:00.0", "0x15b3", "0x020700");
    host.shows("0000:00:1f.0", "0x8086", "0x020000");
    host.#bridge = spawn("python3", [join(__dirname, "pty-bridge.py"), host.#port, host.#socket]);
    await once(host.#bridge.stdout as NodeJS.ReadableStream, "data");
    return host;
  }

  /** A PCI function in the host's sysfs. */
  shows(address: string, vendor: string, kind: string): void {
    const device = join(this.directory, "sys/bus/pci/devices", address);
    mkdirSync(device, { recursive: true });
    writeFileSync(join(device, "vendor"), `${vendor}\n`);
    writeFileSync(join(device, "class"), `${kind}\n`);
  }

  lockDown(modes: string): void {
    mkdirSync(join(this.directory, "sys/kernel/security"), { recursive: true });
    writeFileSync(join(this.directory, "sys/kernel/security/lockdown"), modes);
  }

  async connect(serves = true): Promise<Socket> {
    const socket = createConnection(this.#socket);
    await once(socket, "connect");
    socket.on("data", (chunk) => this.received.push(String(chunk)));
    if (serves) serveFirmwarePort(socket, this.firmware, (line) => this.log.push(line));
    this.keeper = socket;
    return socket;
  }

  start(line: string, environment: Record<string, string> = {}): { child: ChildProcess; ended: Promise<Ended> } {
    const [program = "", ...argv] = line.split(" ");
    const child = spawn("python3", [join(this.directory, program), ...argv], {
      env: { ...process.env, ...this.#environment, ...environment },
      cwd: this.directory,
    });
    const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
    const ended = once(child, "close").then(async ([status]) => ({
      status: status as number | null,
      stdout: stdout(),
      stderr: stderr(),
    }));
    return { child, ended };
  }

  run(line: string, input = "", environment: Record<string, string> = {}): Promise<Ended> {
    const { child, ended } = this.start(line, environment);
    child.stdin?.end(input);
    return ended;
  }

  async stop(): Promise<void> {
    this.keeper?.destroy();
    const ended = once(this.#bridge as ChildProcess, "exit");
    this.#bridge?.stdin?.end();
    await ended;
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = "";
  stream?.on("data", (chunk) => {
    text += String(chunk);
  });
  return () => text;
}

describe("the programs in the host", () => {
  let host: Host;
  beforeEach(async () => {
    host = await Host.start();
  });
  afterEach(() => host.stop());

  it("answer as the cards' firmware outside does, whatever name they are called by", async () => {
    await host.connect();
    const set = await host.run("mlxconfig -d 19:00.0 -y set NUM_OF_VFS=4");
    assert.deepEqual([set.status, set.stderr], [0, ""]);
    assert.match(set.stdout, /Applying\.\.\. Done!\n-I- Please reboot machine to load new configurations\.\n$/);
    const reset = await host.run("mstfwreset -d 19:00.0 -y reset");
    assert.match(reset.stdout, /-I- FW was loaded successfully\.\n$/);
    const query = await host.run("mstconfig -e q NUM_OF_VFS");
    assert.match(query.stdout, /\n\* {7}NUM_OF_VFS {34}8 {20}4 {20}4 {19}\n/);
    assert.equal(query.stdout.match(/Device #/g)?.length, 1, "only what the kernel shows");
  });

  it("ask their user", async () => {
    await host.connect();
    const no = await host.run("mstconfig -d 19:00.0 set NUM_OF_VFS=4", "n\n");
    assert.equal(no.status, 2);
    assert.match(no.stdout, / {19}\n\n Apply new Configuration\? \(y\/n\) \[n\] : -E- Aborted by user\.\n$/);
    assert.equal((await host.run("mstconfig -d 19:00.0 set NUM_OF_VFS=4")).status, 2, "the end of the input is a no");
    const yes = await host.run("mstconfig -d 19:00.0 set NUM_OF_VFS=4", "y\n");
    assert.equal(yes.status, 0);
    assert.equal(next(host.firmware, "19:00.0", "NUM_OF_VFS"), "4");
  });

  it("write and read the files of backup, set_raw and -j", async () => {
    await host.connect();
    await host.run("mstconfig -d 19:00.0 -y set NUM_OF_VFS=4");
    assert.equal((await host.run("mstconfig -d 19:00.0 -f käse.raw backup")).status, 0);
    await host.run("mstconfig -d 19:00.0 -y reset");
    assert.equal(next(host.firmware, "19:00.0", "NUM_OF_VFS"), "8");
    const restored = await host.run("mstconfig -d 19:00.0 -y -f käse.raw set_raw");
    assert.equal(restored.status, 0, restored.stdout);
    assert.equal(next(host.firmware, "19:00.0", "NUM_OF_VFS"), "4");
    assert.equal((await host.run("mstconfig -d 19:00.0 -y -f none set_raw")).stdout, "-E- Failed to open file: none\n");
    await host.run("mstconfig -d 19:00.0 -j out.json q NUM_OF_VFS");
    const written = JSON.parse(readFileSync(join(host.directory, "out.json"), "utf8"));
    assert.equal(written["Device #1"].tlv_configuration.NUM_OF_VFS.next_value, 4);
    const unwritable = await host.run("mstconfig -d 19:00.0 -j /no/out.json q NUM_OF_VFS");
    assert.deepEqual(unwritable, {
      status: 3,
      stdout: "",
      stderr: 'Failed to open "/no/out.json". Reason: No such file or directory\n',
    });
  });

  it("are refused to other users, and by a kernel in lockdown", async () => {
    await host.connect();
    const other = await host.run("mstconfig -d 19:00.0 q", "", { GPUDIRECT_LAB_FIRMWARE_USER: "other" });
    assert.deepEqual([other.status, other.stdout], [3, "-E- Failed to open the device\n"]);
    assert.match(other.stderr, /Permission denied/);
    host.lockDown("none [integrity] confidentiality\n");
    const answer = await host.run("mstconfig -d 19:00.0 q");
    assert.deepEqual([answer.status, answer.stdout], [3, "-E- Failed to open the device\n"]);
    assert.match(answer.stderr, /Operation not permitted/);
    host.lockDown("[none] integrity confidentiality\n");
    assert.equal((await host.run("mstconfig -d 19:00.0 q")).status, 0);
  });

  it("take turns: of two, the second asks when the first has its answer", async () => {
    const keeper = await host.connect(false);
    const first = host.start("mstconfig -d 19:00.0 q NUM_OF_VFS");
    const requests = lines(keeper);
    const one = JSON.parse(await requests());
    const second = host.start("mstconfig -d 19:00.0 q SRIOV_EN");
    const answer = (id: string, stdout: string) =>
      keeper.write(`${JSON.stringify({ id, stdout, stderr: "", status: 0 })}\n`);
    // An answer to nobody, of nonsense, and to the first, which alone has the port.
    keeper.write('{"id":"stale","stdout":"no","stderr":"","status":9}\n{nonsense\n');
    answer(one.id, "one\n");
    assert.deepEqual(await first.ended, { status: 0, stdout: "one\n", stderr: "" });
    const two = JSON.parse(await requests());
    assert.notEqual(two.id, one.id);
    assert.equal(two.argv.at(-1), "SRIOV_EN");
    answer(two.id, "two\n");
    assert.deepEqual(await second.ended, { status: 0, stdout: "two\n", stderr: "" });
  });

  it("give up, with the reason, when their turn does not come", async () => {
    const keeper = await host.connect(false);
    const first = host.start("mstconfig -d 19:00.0 q");
    const request = JSON.parse(await lines(keeper)());
    const second = await host.run("mstconfig -d 19:00.0 q", "", { GPUDIRECT_LAB_FIRMWARE_TURN_SECONDS: "0.2" });
    assert.deepEqual([second.status, second.stdout], [3, "-E- Failed to open the device\n"]);
    assert.match(second.stderr, /^lab: another program has held .*lock for 0\.2 seconds\n$/);
    keeper.write(`${JSON.stringify({ id: request.id, stdout: "", stderr: "", status: 0 })}\n`);
    assert.equal((await first.ended).status, 0);
  });

  it("give up, with the reason, when nobody answers or there is no port", async () => {
    const limit = { GPUDIRECT_LAB_FIRMWARE_ANSWER_SECONDS: "0.2" };
    const silent = await host.run("mstfwreset -d 19:00.0 q", "", limit);
    assert.deepEqual([silent.status, silent.stdout], [1, "-E- Failed to open the device\n"]);
    assert.equal(silent.stderr, "lab: the lab's firmware has not answered for 0.2 seconds\n");
    const nowhere = await host.run("mstconfig -d 19:00.0 q", "", { GPUDIRECT_LAB_FIRMWARE_PORT: "/no/port" });
    assert.deepEqual([nowhere.status, nowhere.stdout], [3, "-E- Failed to open the device\n"]);
    assert.equal(nowhere.stderr, "lab: /no/port cannot be opened: No such file or directory\n");
  });

  it("find their firmware again after the machine has started anew", async () => {
    (await host.connect()).destroy();
    await host.connect();
    assert.equal((await host.run("mstconfig -d 19:00.0 q NUM_OF_VFS")).status, 0);
  });

  it("use nothing that Debian's python3-minimal lacks", () => {
    const imported = [...readFileSync(PROGRAM, "utf8").matchAll(/^(?:import|from) (\w+)/gm)].map(([, name]) => name);
    // All of libpython3.11-minimal's modules, or built into its interpreter.
    const minimal = ["ast", "errno", "fcntl", "os", "select", "signal", "sys", "time"];
    assert.deepEqual(imported, minimal);
  });
});

describe("the keeper's side of the port", () => {
  let host: Host;
  beforeEach(async () => {
    host = await Host.start();
  });
  afterEach(() => host.stop());

  it("survives lines that are too long, no JSON, or no request, and what is cut in the middle", async () => {
    const port = new PassThrough();
    const sent: string[] = [];
    const socket = Object.assign(port, {
      write: (text: string) => {
        sent.push(text);
        return true;
      },
    }) as unknown as Socket;
    const log: string[] = [];
    serveFirmwarePort(socket, host.firmware, (line) => log.push(line));
    const request = JSON.stringify({ id: "7", program: "mstconfig", argv: ["-v"] });
    const wrong = [
      "nonsense",
      "null",
      "[]",
      '{"id":1,"program":"mstconfig","argv":[]}',
      '{"id":"1","program":"rm","argv":[]}',
      '{"id":"1","program":"mstconfig","argv":[1]}',
      '{"id":"1","program":"mstconfig","argv":[],"files":{"a":1}}',
      '{"id":"1","program":"mstconfig","argv":[],"host":{"devices":[]}}',
      '{"id":"1","program":"mstconfig","ar',
    ];
    for (const line of wrong) port.emit("data", Buffer.from(`${line}\n`));
    assert.equal(log.length, wrong.length);
    const piece = Buffer.alloc(700_000, "x");
    for (const chunk of [piece, piece, piece, Buffer.from("\n")]) port.emit("data", chunk);
    assert.deepEqual(log.slice(wrong.length), ["firmware port: a line of more than 1048576 bytes is dropped"]);
    assert.deepEqual(sent, []);
    for (const byte of Buffer.from(`${request}\n`)) port.emit("data", Buffer.from([byte]));
    assert.deepEqual(JSON.parse(sent[0] ?? ""), {
      id: "7",
      stdout: "mstconfig, mstflint 4.35.0, Git SHA Hash: N/A\n",
      stderr: "",
      status: 0,
    });
  });
});

/** Whole lines that arrive, one for each call. */
function lines(socket: Socket): () => Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += String(chunk);
  });
  return async () => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return line;
      }
      await once(socket, "data");
    }
  };
}
