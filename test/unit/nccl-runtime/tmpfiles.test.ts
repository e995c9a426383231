import { equal } from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { FakeGuest, LIVE } from "./fake-guest";
import { Managed } from "./managed";
import { topologyOf } from "./topology";

describe("The topology file at boot", () => {
  const { status } = spawnSync("systemd-tmpfiles", ["--version"]);
  let guest: FakeGuest;
  beforeEach(function () {
    if (status !== 0) this.skip();
    guest = new FakeGuest();
  });
  afterEach(() => guest?.close());

  const boot = () => {
    for (const path of ["/run/nvidia-topologyd", '/run/a "b" 50% c\\d']) guest.remove(path);
    execFileSync("systemd-tmpfiles", [`--root=${guest.root}`, "--create", "--boot", "gpudirect-nccl.conf"]);
  };

  for (const [what, path] of [
    ["at NCCL's own place", LIVE],
    ["at a place with blanks, quotes and a percent sign", '/run/a "b" 50% c\\d/topology.xml'],
  ] as const) {
    it(`is made again ${what} by the system's own systemd-tmpfiles`, async () => {
      const runtime = new Managed(guest);
      const environment = { NCCL_TOPO_FILE: "/unused" };
      await runtime.up({ topology: topologyOf(), topologyFile: path, environment });
      boot();
      equal(guest.read(path), topologyOf());
      const file = guest.snapshot()[path.replace("/var/run/", "/run/")];
      equal(file?.slice(0, 4), "644 ");
      // A newer file is left alone by a later run, such as that of a package's installation.
      guest.file(path, "newer\n");
      execFileSync("systemd-tmpfiles", [`--root=${guest.root}`, "--create", "gpudirect-nccl.conf"]);
      equal(guest.read(path), "newer\n");
    });
  }

  it("is not made again once the resource is gone", async () => {
    const runtime = new Managed(guest);
    const first = await runtime.observe(runtime.inputs({ topology: topologyOf() }));
    await runtime.up({ topology: topologyOf() });
    await runtime.destroy({ topology: topologyOf() }, first);
    const { stderr } = spawnSync("systemd-tmpfiles", [`--root=${guest.root}`, "--create", "gpudirect-nccl.conf"]);
    equal(/No such file/.test(stderr.toString()), true, stderr.toString());
    equal(guest.read(LIVE), undefined);
  });
});
