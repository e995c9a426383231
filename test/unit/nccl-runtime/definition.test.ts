import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ncclRuntimeDefinition } from "../../../provider/resources/nccl-runtime/definition";
import { ncclRuntimeOutputs } from "../../../provider/resources/nccl-runtime/shapes";
import { FakeGuest, LIVE, SHELLS } from "./fake-guest";
import { entry, Managed } from "./managed";
import { topologyOf } from "./topology";

const BOOT_COPY = "/etc/gpudirect/nccl-topology.xml";
const CONF = "/etc/tmpfiles.d/gpudirect-nccl.conf";
const RAILS = ["0000:25:00.0", "0000:27:00.0", "0000:35:00.0"];
const PROGRAM = { topology: topologyOf(), rails: RAILS, environment: { NCCL_IB_QPS_PER_CONNECTION: "4" } };

describe("NcclRuntime on a guest", () => {
  let guest: FakeGuest;
  let runtime: Managed;
  beforeEach(() => {
    guest = new FakeGuest();
    runtime = new Managed(guest);
  });
  afterEach(() => guest.close());

  for (const shell of SHELLS) {
    it(`sets everything in three round trips, and puts all of it back (${shell.join(" ")})`, async () => {
      guest.shell = shell;
      guest.file("/etc/nccl.conf", "# ours\nNCCL_DEBUG=WARN\nNCCL_BUFFSIZE=4194304\nno setting", 0o640);
      guest.file("/etc/environment", 'PATH="/usr/bin:/bin"\nexport CUDA_VISIBLE_DEVICES="1"  # the second\n');
      guest.file(LIVE, "<system>what was there before\n</system>");
      const before = guest.snapshot();
      const first = await runtime.observe(runtime.inputs(PROGRAM));
      guest.runs.length = 0;
      const state = await runtime.up(PROGRAM);
      equal(guest.runs.length, 3, "look, write, look again");
      equal(printed(guest.snapshot()), readFileSync(join(__dirname, "golden/guest-after.txt"), "utf8"));
      deepEqual(state.damaged, []);
      await runtime.destroy(PROGRAM, first);
      deepEqual(guest.snapshot(), before);
    });
  }

  it("leaves nothing where nothing was, and an empty file where one was", async () => {
    guest.file("/etc/environment", "");
    const before = guest.snapshot();
    const first = await runtime.observe(runtime.inputs(PROGRAM));
    await runtime.up(PROGRAM);
    equal(guest.read("/etc/environment"), "CUDA_VISIBLE_DEVICES=0,1\n");
    ok(guest.read("/etc/nccl.conf")?.startsWith("NCCL_BUFFSIZE=67108864\n"));
    await runtime.destroy(PROGRAM, first);
    deepEqual(guest.snapshot(), before);
  });

  it("changes nothing the second time", async () => {
    await runtime.up(PROGRAM);
    const wanted = runtime.inputs(PROGRAM);
    deepEqual(runtime.changes(await runtime.observe(wanted), wanted), []);
  });

  it("follows a symbolic link, and keeps owner and mode of what it leads to", async () => {
    guest.file("/etc/site/nccl.conf", "NCCL_DEBUG=WARN\n", 0o600);
    guest.machine.link("etc/nccl.conf", "etc/site/nccl.conf");
    await runtime.up({ profile: "none", environment: { NCCL_IB_TC: "106" } });
    const after = guest.snapshot();
    equal(after["/etc/nccl.conf"], "-> site/nccl.conf");
    equal(after["/etc/site/nccl.conf"], "600 NCCL_DEBUG=WARN\nNCCL_IB_TC=106\nNCCL_SOCKET_IFNAME==ens1\n");
  });

  it("shows drift of each thing, and mends it", async () => {
    await runtime.up(PROGRAM);
    const wanted = runtime.inputs(PROGRAM);
    const drifts: [string, () => void][] = [
      ["topology", () => guest.file(LIVE, "<system/>")],
      ["topology", () => guest.remove(LIVE)],
      ["persistent", () => guest.remove(BOOT_COPY)],
      ["persistent", () => guest.file(CONF, "# nothing\n")],
      ["persistent", () => guest.remove("/var/lib/gpudirect/nccl-runtime.sha256")],
      [
        "environment.NCCL_IB_HCA",
        () => guest.file("/etc/nccl.conf", conf().replace(/NCCL_IB_HCA=.*/, "NCCL_IB_HCA=mlx5")),
      ],
      ["environment.NCCL_BUFFSIZE", () => guest.file("/etc/nccl.conf", conf().replace(/NCCL_BUFFSIZE=.*\n/, ""))],
      // The first line of a name counts.
      ["environment.NCCL_BUFFSIZE", () => guest.file("/etc/nccl.conf", `NCCL_BUFFSIZE=1\n${conf()}`)],
      // The last one does, of pam_env's file.
      [
        "environment.CUDA_VISIBLE_DEVICES",
        () => guest.file("/etc/environment", "CUDA_VISIBLE_DEVICES=0,1\nCUDA_VISIBLE_DEVICES=0\n"),
      ],
    ];
    const conf = () => guest.read("/etc/nccl.conf") ?? "";
    for (const [path, spoil] of drifts) {
      spoil();
      const observed = await runtime.observe(wanted);
      deepEqual(
        runtime.changes(observed, wanted).map((change) => change.path),
        [path],
      );
      await runtime.up(PROGRAM);
    }
  });

  it("names the files that were harmed", async () => {
    await runtime.up(PROGRAM);
    guest.file(BOOT_COPY, "<system/>");
    guest.remove(CONF);
    deepEqual((await runtime.observe(runtime.inputs(PROGRAM))).damaged, [BOOT_COPY, CONF]);
  });

  it("gives back a variable and the topology that are taken out of the program", async () => {
    guest.file("/etc/nccl.conf", "NCCL_BUFFSIZE=4194304\nNCCL_IB_QPS_PER_CONNECTION=1\n");
    guest.file(LIVE, "<system/>");
    const first = await runtime.observe(runtime.inputs(PROGRAM));
    await runtime.up(PROGRAM);
    const state = await runtime.change(PROGRAM, { rails: RAILS }, first);
    equal(guest.read(LIVE), "<system/>");
    equal(guest.read(CONF), undefined);
    equal(guest.read(BOOT_COPY), undefined);
    ok(guest.read("/etc/nccl.conf")?.includes("NCCL_IB_QPS_PER_CONNECTION=1\n"));
    equal(entry(state, "NCCL_BUFFSIZE"), "67108864");
  });

  it("without a topology makes nothing at boot, and leaves the file alone", async () => {
    guest.file(LIVE, "somebody else's\n");
    const state = await runtime.up({ rails: RAILS });
    equal(guest.read(LIVE), "somebody else's\n");
    equal(guest.read(CONF), undefined);
    equal(state.persistent, false);
  });

  it("names its file where somebody has named another one, and puts that back", async () => {
    guest.file("/etc/nccl.conf", "NCCL_TOPO_FILE=/opt/vendor.xml\n");
    const program = { topology: topologyOf() };
    const before = guest.snapshot();
    const first = await runtime.observe(runtime.inputs(program));
    const state = await runtime.up(program);
    equal(entry(state, "NCCL_TOPO_FILE"), LIVE);
    deepEqual(runtime.changes(state, runtime.inputs(program), runtime.resolved(state, runtime.inputs(program))), []);
    await runtime.destroy(program, first);
    deepEqual(guest.snapshot(), before);
    equal(entry(await runtime.up({}), "NCCL_TOPO_FILE"), "/opt/vendor.xml");
  });

  it("leaves variables as they are while what decides them is not there", async () => {
    const state = await runtime.up(PROGRAM);
    const wanted = runtime.inputs(PROGRAM);
    const previous = runtime.resolved(state, wanted);
    guest.routes();
    guest.remove("/sys/class/infiniband");
    const starting = await runtime.observe(wanted, state);
    deepEqual(runtime.changes(starting, wanted, previous), []);
    deepEqual(runtime.judge(starting, wanted).refusals, []);
    equal(entry(starting, "NCCL_SOCKET_IFNAME"), "=ens1");
  });

  it("takes the first port of a rail that is ACTIVE", async () => {
    guest.port("mlx5_1", { state: "1: DOWN" });
    guest.furtherPort("mlx5_1", 2, {});
    guest.port("mlx5_0", { state: "1: DOWN" });
    guest.furtherPort("mlx5_0", 2, { state: "1: DOWN" });
    equal(entry(await runtime.up({ rails: RAILS }), "NCCL_IB_HCA"), "=mlx5_1:2,mlx5_10:1,mlx5_0:1");
  });

  it("is not there at boot where another file would be made", async () => {
    await runtime.up(PROGRAM);
    const [wanted, manifest] = [runtime.inputs(PROGRAM), "/var/lib/gpudirect/nccl-runtime.sha256"];
    const good = guest.read(manifest) ?? "";
    // As after files were taken back from a backup: they fit the manifest.
    const backedUp = (path: string, text: string) => {
      const line = `${createHash("sha256").update(text).digest("hex")}  ${path}`;
      guest.file(path, text);
      guest.file(manifest, good.replace(new RegExp(`.*  ${path}`), line));
    };
    const found = async () => {
      const observed = await runtime.observe(wanted);
      deepEqual(observed.damaged, []);
      return runtime.changes(observed, wanted).map(({ path }) => path);
    };
    deepEqual(await found(), []);
    backedUp(BOOT_COPY, "<system/>\n");
    deepEqual(await found(), ["persistent"]);
    equal((await runtime.observe()).persistent, false);
    await runtime.up(PROGRAM);
    backedUp(CONF, (guest.read(CONF) ?? "").replace("virtualTopology", "other"));
    deepEqual(await found(), ["persistent"]);
  });

  it("imports NCCL's own file, but for what no program can say", async () => {
    guest.file(
      "/etc/nccl.conf",
      "NCCL_DEBUG=INFO\nNCCL_IB_HCA=mlx5_0, mlx5_1\nNCCL_IB_DISABLE=maybe\nother thing=1\nA=2\n",
    );
    guest.file("/etc/environment", "CUDA_VISIBLE_DEVICES=1\nB=2\n");
    const { environment } = await runtime.observe();
    deepEqual(environment, { NCCL_DEBUG: "INFO", CUDA_VISIBLE_DEVICES: "1" });
    deepEqual(runtime.inputs({ environment, profile: "none" }).environment, environment);
  });

  it("puts lines of other systems back as they were", async () => {
    guest.file("/etc/nccl.conf", "NCCL_BUFFSIZE=1\r\nNCCL_IB_DISABLE=\r\n# one\r\n");
    guest.file("/etc/environment", 'A=1\r\nCUDA_VISIBLE_DEVICES="0"\r\n');
    const before = guest.snapshot();
    const first = await runtime.observe(runtime.inputs(PROGRAM));
    await runtime.up(PROGRAM);
    equal(guest.read("/etc/environment"), 'A=1\r\nCUDA_VISIBLE_DEVICES="0,1"\r\n');
    await runtime.destroy(PROGRAM, first);
    deepEqual(guest.snapshot(), before);
  });

  it("lists RDMA devices in rail order, with whole names and ports", async () => {
    const state = await runtime.up({ rails: RAILS });
    equal(entry(state, "NCCL_IB_HCA"), "=mlx5_1:1,mlx5_10:1,mlx5_0:1");
    deepEqual(state.gpuAddresses, ["0000:26:00.0", "0000:36:00.0"]);
  });

  it("takes the seed's values, the interface of the default route and all GPUs", async () => {
    guest.routes(["ens25", 200], ["ens1", 100]);
    const { environment } = await runtime.up({});
    deepEqual(environment, {
      CUDA_VISIBLE_DEVICES: "0,1",
      NCCL_BUFFSIZE: "67108864",
      NCCL_IB_DISABLE: "0",
      NCCL_IB_PCI_RELAXED_ORDERING: "1",
      NCCL_IGNORE_CPU_AFFINITY: "1",
      NCCL_SOCKET_IFNAME: "=ens1",
    });
  });

  it("takes what the program says before what the guest decides", async () => {
    const environment = {
      NCCL_IB_HCA: "^mlx5_0",
      NCCL_SOCKET_IFNAME: "ens",
      CUDA_VISIBLE_DEVICES: "1",
      NCCL_BUFFSIZE: "4194304",
    };
    const state = await runtime.up({ rails: RAILS, environment });
    for (const [name, value] of Object.entries(environment)) equal(entry(state, name), value);
  });

  it("leaves unset what is not to be set", async () => {
    await runtime.up({ profile: "none", visibleGpus: "none", socketInterface: "none" });
    equal(guest.read("/etc/nccl.conf"), undefined);
    equal(guest.read("/etc/environment"), undefined);
  });

  it("tells NCCL of a topology file elsewhere, and makes no folder of others at boot", async () => {
    guest.machine.directory("opt");
    const state = await runtime.up({
      topology: topologyOf(),
      topologyFile: '/opt/my "50%" file.xml',
      environment: { NCCL_TOPO_FILE: "/opt/a" },
    });
    equal(entry(state, "NCCL_TOPO_FILE"), "/opt/a");
    equal(guest.read('/opt/my "50%" file.xml'), topologyOf());
    equal(
      guest.read(CONF)?.split("\n")[1],
      'C "/opt/my \\"50%%\\" file.xml" 0644 root root - /etc/gpudirect/nccl-topology.xml',
    );
    deepEqual(
      runtime
        .changes(state, runtime.inputs(PROGRAM))
        .filter(({ replace }) => replace)
        .map(({ path }) => path),
      ["topologyFile"],
    );
  });

  it("names the file for NCCL where it is not at NCCL's own place", async () => {
    const state = await runtime.up({ topology: topologyOf(), topologyFile: "/run/nccl/topology.xml" });
    equal(entry(state, "NCCL_TOPO_FILE"), "/run/nccl/topology.xml");
  });

  it("finds soft devices by the interface that they work on", async () => {
    guest.softDevice("rxe0", "ens1");
    const state = await runtime.up({ rails: ["0000:01:00.0"] });
    equal(entry(state, "NCCL_IB_HCA"), "=rxe0:1");
  });

  it("says that the file at its place is no text, and changes nothing", async () => {
    guest.file(LIVE, Buffer.from([0xff, 0xfe, 0x00]));
    const before = guest.snapshot();
    await rejects(runtime.up(PROGRAM), /guest: read the NCCL runtime: the topology file is no text/);
    deepEqual(guest.snapshot(), before);
  });

  it("is one for each guest", async () => {
    const { context } = runtime;
    await rejects(
      ncclRuntimeDefinition.observe(context, "other") as Promise<unknown>,
      /"other" is none; a guest has one/,
    );
  });

  it("gives outputs of its own shape", async () => {
    guest.softDevice("rxe0", "ens1");
    guest.port("mlx5_1", { linkLayer: "InfiniBand", subnetManager: true });
    const { host, restoreOnDelete: _, ...outputs } = await runtime.up(PROGRAM);
    const given = { profile: "gpudirect", visibleGpus: "all", socketInterface: "defaultRoute" };
    deepEqual(ncclRuntimeOutputs.safeParse({ ...given, ...outputs }).error, undefined);
    equal(host, "guest");
  });

  it("refuses at once what no guest can have", () => {
    throws(() => runtime.inputs({ topologyFile: "/run/../etc/x" }), /topologyFile: must be a plain path/);
    throws(() => runtime.inputs({ topologyFile: BOOT_COPY }), /topologyFile: .*keeps the file over a boot/);
    for (const topologyFile of [
      "/etc/nccl.conf",
      "/etc/environment",
      CONF,
      "/var/lib/gpudirect/nccl-runtime.sha256",
      "/var/lib/gpudirect/nccl-runtime.created",
      "/etc/gpudirect/guest-tuning.conf",
    ]) {
      throws(() => runtime.inputs({ topologyFile }), /topologyFile: must be another file/, topologyFile);
    }
    throws(() => runtime.inputs({ rails: ["0000:25:00.0", "0000:25:00.0"] }), /rails\[1\]: .*is rail 0 already/);
    throws(
      () => runtime.inputs({ environment: { A: "b#c", B: '"x"', C: "x\\" } }),
      /environment.A: .*\nenvironment.B: .*\nenvironment.C: /,
    );
    throws(() => runtime.inputs({ environment: { NCCL_IB_DISABLE: "yes" } }), /environment.NCCL_IB_DISABLE/);
  });

  it("never leaves a file of its own beside others", async () => {
    await runtime.up(PROGRAM);
    const left = Object.keys(guest.snapshot()).filter((path) => /gpudirect-(new|old)$/.test(path));
    deepEqual(left, []);
    ok(existsSync(join(guest.root, LIVE)));
    match(
      guest.read("/var/lib/gpudirect/nccl-runtime.sha256") ?? "",
      /^[0-9a-f]{64} {2}\/etc\/gpudirect\/nccl-topology\.xml\n/,
    );
  });
});

/** A heading for each file, folder and link, and below it what a file holds; "%" where the last line has no end. */
const printed = (files: Record<string, string>): string =>
  Object.entries(files)
    .map(([path, text]) => {
      const [, mode, content] = /^(\d+) ([\s\S]*)$/.exec(text) ?? [];
      if (content === undefined) return `== ${path}: ${text}\n`;
      return `== ${path}: ${mode}\n${content}${content.endsWith("\n") ? "" : "%\n"}`;
    })
    .join("");
