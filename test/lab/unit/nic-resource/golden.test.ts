import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { observeScript } from "../../../../core/nic/observe-script";
import { SimulatedHost } from "./support/simulated-host";

const GOLDEN = join(__dirname, "../../../unit/nic/golden");
const [CX7, CX6DX] = ["0000:19:00.0", "0000:3b:00.0"] as const;

/** Temporary files and times differ from run to run. */
const steady = (text: string, host: SimulatedHost): string =>
  text
    .replaceAll(host.root, "")
    .replace(/\/tmp\/tmp\.\w+\//g, "/tmp/")
    .replace(/^(lrwxrwxrwx) .* (\S+ -> )/gm, "$1 1 root root 0 Jan  1 00:00 $2");

/** What the parsers' unit tests read is what the script prints here: of one card, with another held by a domain. */
describe("the golden files of a host's NIC firmware", () => {
  for (const release of ["4.35.0", "4.21.0"] as const) {
    it(`are what the script prints with mstconfig ${release}`, async () => {
      const host = await SimulatedHost.start({ release });
      try {
        host.vanish("0000:5e:00.0");
        host.giveToVfio(CX7, 45);
        host.open(4711, "dev/vfio/45", ["qemu-system-x86_64", "-name", "guest=train-0,debug-threads=on"]);
        const port = { vendor: "0x15b3", device: "0x101e", class: "0x020000" };
        host.pci("0000:3b:01.0", port, { physfn: `devices/pci0000:00/${CX6DX}` });
        host.kernel.file(`sys/devices/pci0000:00/${CX6DX}/infiniband/mlx5_1/fw_ver`, "22.43.1014\n");
        host.kernel.file(`sys/devices/pci0000:00/${CX6DX}/infiniband/mlx5_1/board_id`, "MT_0000000359\n");
        host.serial(CX6DX, "MT2219T00517");
        host.lockDown("[none] integrity confidentiality");
        host.type("mstconfig -d 3b:00.0 -y set ATS_ENABLED=1 NUM_OF_VFS=16");
        host.boot();
        host.type("mstconfig -d 3b:00.0 -y set NUM_OF_VFS=8 HOST_CHAINING_DESCRIPTORS[1]=5");
        const script = observeScript({
          elements: ["HOST_CHAINING_DESCRIPTORS[1]", "HOST_CHAINING_DESCRIPTORS[9]"],
          listing: release === "4.21.0",
        });
        const signal = new AbortController().signal;
        const { stdout, exitCode } = await host.run(script, { signal, timeoutMs: 60_000, name: "look" });
        assert.equal(exitCode, 0);
        const file = join(GOLDEN, `host-${release}.txt`);
        const printed = steady(stdout.toString(), host);
        // GPUDIRECT_RECORD=1 writes them anew, after a change of the script or of the lab's formats.
        if (process.env.GPUDIRECT_RECORD === "1") writeFileSync(file, printed);
        assert.equal(printed, readFileSync(file, "utf8"));
      } finally {
        await host.close();
      }
    });
  }
});
