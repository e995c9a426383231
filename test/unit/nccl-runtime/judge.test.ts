import { deepEqual, equal, match } from "node:assert/strict";
import type { PlainObject } from "../../../core/diff/plain";
import { Unknown } from "../../../core/diff/unknown";
import { FakeGuest, type FakePort } from "./fake-guest";
import { Managed } from "./managed";
import { topologyOf } from "./topology";

const ALL = ["0000:25:00.0", "0000:27:00.0", "0000:35:00.0"];
const V4 = "0000:0000:0000:0000:0000:ffff:0a00:0001";
const V6 = "fd00:0000:0000:0000:0000:0000:0000:0001";
const LOCAL = "fe80:0000:0000:0000:0000:00ff:fe00:0001";

describe("NcclRuntime refuses, before anything is written,", () => {
  let guest: FakeGuest;
  let runtime: Managed;
  beforeEach(() => {
    guest = new FakeGuest();
    runtime = new Managed(guest);
  });
  afterEach(() => guest.close());

  const judge = async (input: PlainObject) => {
    const wanted = runtime.inputs(input);
    return runtime.judge(await runtime.observe(wanted), wanted);
  };
  const refusals = async (input: PlainObject) => (await judge(input)).refusals;
  const warnings = async (input: PlainObject) => (await judge(input)).warnings;

  it("nothing of what fits", async () => {
    deepEqual(await judge({ topology: topologyOf(), rails: ALL }), { refusals: [], warnings: [] });
  });

  it("a topology file of another guest", async () => {
    const [gpu, nic, ...rest] = await refusals({ topology: topologyOf("0000:46:00.0", "0000:36:00.0") });
    match(`${gpu}\n${nic}`, /topology: .*GPU at 0000:46:00\.0/);
    match(`${gpu}\n${nic}`, /topology: .*NIC at 0000:36:00\.0, but the guest has a GPU there/);
    deepEqual(rest, []);
  });

  it("rails without an RDMA device, by name", async () => {
    deepEqual(await refusals({ rails: ["0000:25:00.0", "0000:01:00.0", "0000:99:00.0"] }), [
      "rails[1]: 0000:01:00.0 has no RDMA device: load its driver (mlx5_ib for ConnectX); or it is a member of a bond, whose RDMA device is that of another member; or an adapter without RDMA: name rails yourself. RDMA devices are at 0000:35:00.0 (mlx5_0), 0000:25:00.0 (mlx5_1), 0000:27:00.0 (mlx5_10)",
      "rails[2]: 0000:99:00.0 is no PCI function of this guest: give addresses as the guest has them, such as planGuest's rails. RDMA devices are at 0000:35:00.0 (mlx5_0), 0000:25:00.0 (mlx5_1), 0000:27:00.0 (mlx5_10)",
    ]);
  });

  it("a rail that may be a member of a bond, and names the bond's device", async () => {
    guest.pci("0000:25:00.1", "020000", "15b3");
    const [refusal] = await refusals({ rails: ["0000:25:00.1"] });
    match(
      refusal ?? "",
      /a member of a bond, whose RDMA device is mlx5_1 at 0000:25:00\.0; or an adapter without RDMA/,
    );
  });

  it("nothing of a rail whose driver is still to come where NCCL_IB_HCA is set, but warns", async () => {
    guest.file("/etc/nccl.conf", "NCCL_IB_HCA==mlx5_1:1\nNCCL_IB_GID_INDEX=3\n");
    guest.remove("/sys/class/infiniband");
    const program = { rails: ["0000:25:00.0"], environment: { NCCL_IB_GID_INDEX: "3" } };
    const found = await judge(program);
    deepEqual(found.refusals, []);
    match(found.warnings.join("\n"), /^rails\[0\]: 0000:25:00\.0 has no RDMA .*NCCL_IB_HCA stays =mlx5_1:1 for now$/);
    // No driver makes one of what is no function.
    const [refusal] = await refusals({ rails: ["0000:99:00.0"] });
    match(refusal ?? "", /^rails\[0\]: 0000:99:00\.0 is no PCI function/);
  });

  it("beginnings of names that nothing has, and ports", async () => {
    const named = (NCCL_IB_HCA: string) => refusals({ environment: { NCCL_IB_HCA } });
    deepEqual(await named("mlx4,mlx5_1"), [
      "environment.NCCL_IB_HCA: there is no RDMA device mlx4*; the guest has mlx5_0, mlx5_1, mlx5_10",
    ]);
    deepEqual(await named("=mlx5_0:2"), [
      "environment.NCCL_IB_HCA: there is no RDMA device mlx5_0:2; the guest has mlx5_0, mlx5_1, mlx5_10",
    ]);
    deepEqual(await named("mlx5_1:1"), []);
    deepEqual(await named("^mlx4"), []);
    deepEqual(await refusals({ environment: { NCCL_SOCKET_IFNAME: "eth,ens" } }), [
      "environment.NCCL_SOCKET_IFNAME: there is no network interface eth*; the guest has ens1, ens25, ens27, ens35",
    ]);
    deepEqual(await refusals({ environment: { NCCL_SOCKET_IFNAME: "^eth" } }), []);
  });

  it("nothing of a filter that leaves nothing, but warns", async () => {
    deepEqual(await warnings({ environment: { NCCL_IB_HCA: "^mlx5", NCCL_SOCKET_IFNAME: "^ens" } }), [
      "NCCL_IB_HCA is ^mlx5: it excludes all RDMA devices of the guest (mlx5_0, mlx5_1, mlx5_10)",
      "NCCL_SOCKET_IFNAME is ^ens: it excludes all network interfaces of the guest",
    ]);
    deepEqual(await warnings({ environment: { NCCL_IB_HCA: "^mlx5_1", NCCL_SOCKET_IFNAME: "^=ens1" } }), []);
  });

  it("a GID index that does not fit the port that is named", async () => {
    guest.furtherPort("mlx5_0", 2, { gids: { 1: [LOCAL, "RoCE v2", "ens36"] } });
    const named = (NCCL_IB_HCA: string) => refusals({ environment: { NCCL_IB_HCA, NCCL_IB_GID_INDEX: "3" } });
    deepEqual(await named("=mlx5_0:1"), []);
    match((await named("=mlx5_0:2")).join(), /mlx5_0:2 has no GID 3\. Of the devices in use, 1 fits all/);
    match((await named("=mlx5_0")).join(), /mlx5_0:2 has no GID 3/);
    // NCCL takes no port that is down, unless it has been named.
    guest.furtherPort("mlx5_0", 2, { state: "1: DOWN" });
    deepEqual(await named("=mlx5_0"), []);
    match((await named("=mlx5_0:2")).join(), /mlx5_0:2 has no GID 3/);
  });

  it("what could not be put back: a value that is no text", async () => {
    guest.file("/etc/nccl.conf", Buffer.from("# caf\xe9\nNCCL_BUFFSIZE=1\xe9\nNCCL_DEBUG=\xe9\n", "latin1"));
    deepEqual(await refusals({}), [
      "environment.NCCL_BUFFSIZE: what /etc/nccl.conf has is no text in UTF-8, and could not be put back: take that line out",
    ]);
  });

  it("what is named and not there", async () => {
    deepEqual(await refusals({ socketInterface: "eth9", visibleGpus: 3 }), [
      'visibleGpus: is more than the 2 NVIDIA GPUs of this guest; lower it, or take "all"',
      "socketInterface: there is no network interface eth9; the guest has ens1, ens25, ens27, ens35",
    ]);
    deepEqual(await refusals({ environment: { NCCL_SOCKET_IFNAME: "=ens1,eth9", NCCL_IB_HCA: "=mlx5_2:1" } }), [
      "environment.NCCL_IB_HCA: there is no RDMA device mlx5_2; the guest has mlx5_0, mlx5_1, mlx5_10",
      "environment.NCCL_SOCKET_IFNAME: there is no network interface eth9; the guest has ens1, ens25, ens27, ens35",
    ]);
  });

  it("what is to be there at boot, without systemd; only where there is something", async () => {
    guest.remove("/run/systemd");
    const [refusal, ...rest] = await refusals({ topology: topologyOf() });
    match(refusal ?? "", /^persistent: must be false here: systemd is not/);
    deepEqual(rest, []);
    deepEqual(await refusals({ topology: topologyOf(), persistent: false }), []);
    deepEqual(await refusals({}), []);
  });

  it("nothing that is not known yet", async () => {
    const wanted = {
      ...runtime.inputs({ environment: { NCCL_IB_TC: "106" } }),
      topology: new Unknown("string"),
      rails: new Unknown("array"),
      socketInterface: new Unknown("string"),
      visibleGpus: new Unknown("number"),
    };
    const observed = await runtime.observe(runtime.inputs());
    deepEqual(runtime.judge(observed, wanted).refusals, []);
    const changed = runtime.changes(observed, wanted).map(({ path }) => path);
    for (const path of ["topology", "environment.NCCL_IB_HCA", "environment.NCCL_SOCKET_IFNAME"]) {
      equal(changed.includes(path), true, path);
    }
  });

  const ports: [string, string, Record<string, FakePort>, RegExp | undefined][] = [
    ["fits all", "3", {}, undefined],
    ["is NCCL's own choice", "-1", {}, undefined],
    [
      "is not set on one",
      "3",
      { mlx5_10: { gids: { 1: [LOCAL, "RoCE v2", "ens27"] } } },
      /^environment\.NCCL_IB_GID_INDEX: mlx5_10 has no GID 3\. Of the devices in use, 1 fits all; .*: mlx5_0: 1 \(fe80:\S+ of ens35\), 3 \(10\.0\.0\.1 of ens35\); mlx5_1: .*; mlx5_10: 1 \(fe80:\S+ of ens27\)$/,
    ],
    [
      "is RoCE v1",
      "0",
      {},
      /mlx5_0 has IB\/RoCE v1 at 0; mlx5_1 .* at 0; mlx5_10 .* at 0\. Of the devices in use, 3, 1 fit all/,
    ],
    ["has no interface", "5", { mlx5_1: { gids: { 5: [V4, "RoCE v2"] } } }, /mlx5_1 has no interface at 5/],
    [
      "fits none of the others",
      "3",
      { mlx5_0: { gids: {} } },
      /mlx5_0 has no GID 3\. Of the devices in use, no index fits all; .*mlx5_0: none;/,
    ],
    ["is for InfiniBand", "3", { mlx5_1: { linkLayer: "InfiniBand" } }, /must not be set: mlx5_1 is InfiniBand/],
  ];
  for (const [what, index, changed, says] of ports) {
    it(`${says ? "" : "not "}a GID index that ${what}`, async () => {
      for (const [name, port] of Object.entries(changed)) guest.port(name, port);
      const found = await refusals({ rails: ALL, environment: { NCCL_IB_GID_INDEX: index } });
      if (says === undefined) deepEqual(found, []);
      else match(found.join("\n"), says);
    });
  }

  it("a GID index by the devices in use alone, IPv4 before IPv6 before link-local ones", async () => {
    guest.port("mlx5_0", {
      gids: { 1: [LOCAL, "RoCE v2", "ens35"], 2: [V6, "RoCE v2", "ens35"], 4: [V4, "RoCE v2", "ens35"] },
    });
    deepEqual(await refusals({ rails: ["0000:25:00.0"], environment: { NCCL_IB_GID_INDEX: "3" } }), []);
    const [refusal] = await refusals({ rails: ["0000:35:00.0"], environment: { NCCL_IB_GID_INDEX: "3" } });
    match(refusal ?? "", /Of the devices in use, 4, 2, 1 fit all/);
    // Without "=", mlx5_1 stands for mlx5_10 too.
    guest.port("mlx5_10", { gids: {} });
    const inUse = (NCCL_IB_HCA: string) => refusals({ environment: { NCCL_IB_HCA, NCCL_IB_GID_INDEX: "3" } });
    deepEqual(await inUse("=mlx5_1"), []);
    match((await inUse("mlx5_1")).join(), /mlx5_10 has no GID 3/);
    deepEqual(await inUse("^mlx5_0,mlx5_10"), []);
  });

  it("nothing of a port that is down or unmanaged, but warns", async () => {
    guest.port("mlx5_0", { state: "1: DOWN" });
    guest.port("mlx5_1", { linkLayer: "InfiniBand", state: "2: INIT", pkeys: [] });
    guest.port("mlx5_10", { linkLayer: "InfiniBand", subnetManager: true });
    deepEqual(await warnings({ rails: ALL }), [
      "port 1 of mlx5_0 is DOWN, not ACTIVE: check its cable and switch",
      "port 1 of mlx5_1 is INIT, not ACTIVE: check its cable and switch",
      "port 1 of mlx5_1 has no subnet manager: start one in the fabric",
      "port 1 of mlx5_1 has no partition key: let the subnet manager give it one",
    ]);
    deepEqual(await warnings({ rails: ["0000:27:00.0"] }), []);
  });

  it("nothing of what else is in the way, but warns", async () => {
    guest.machine.link("etc/systemd/system/multi-user.target.wants/nvidia-topologyd.service", "lib/unit");
    guest.file("/etc/environment", "NCCL_BUFFSIZE=1\n");
    guest.routes();
    const environment = { NCCL_IB_HCAS: "mlx5", NCCL_TOPO_FILE: "/opt/topology.xml" };
    const found = await warnings({ topology: topologyOf(), environment });
    match(found.join("\n"), /^nvidia-topologyd runs on this guest or starts at boot/m);
    match(
      found.join("\n"),
      /^NCCL_TOPO_FILE is \/opt\/topology\.xml: NCCL will not read \/var\/run\/nvidia-topologyd/m,
    );
    match(found.join("\n"), /^the guest has no default route: NCCL_SOCKET_IFNAME is left unset/m);
    match(found.join("\n"), /^NCCL_BUFFSIZE is in \/etc\/environment too/m);
    match(found.join("\n"), /^NCCL knows no NCCL_IB_HCAS; NCCL_IB_HCA may be meant/m);
    equal(found.length, 5);
  });

  it("nothing of another topology file in /etc/environment, but warns", async () => {
    guest.file("/etc/environment", "NCCL_TOPO_FILE=/opt/vendor.xml\n");
    deepEqual(await warnings({ topology: topologyOf() }), [
      "NCCL_TOPO_FILE is in /etc/environment too, which comes before /etc/nccl.conf: take it out there",
    ]);
    deepEqual(await warnings({}), []);
  });

  it("nothing of a default route that is not there at the moment, but warns of what stays", async () => {
    guest.file("/etc/nccl.conf", "NCCL_SOCKET_IFNAME==ens9\n");
    guest.routes();
    const found = await judge({});
    deepEqual(found.refusals, []);
    match(found.warnings.join("\n"), /^the guest has no default route at the moment: NCCL_SOCKET_IFNAME stays =ens9;/);
    equal(found.warnings.length, 1);
  });

  it("nothing of a running nvidia-topologyd, but warns", async () => {
    guest.file("/proc/812/comm", "nvidia-topology\n");
    equal((await warnings({ topology: topologyOf() })).length, 1);
    equal((await warnings({})).length, 0);
  });
});
