import assert from "node:assert/strict";
import { observedTuning } from "../../../core/guest/observed";
import type { GuestReading } from "../../../core/guest/reading";
import { parseReading } from "../../../core/guest/reading";
import { gpuDirectReport } from "../../../core/guest/report";
import { buildGuest, FakeGuest } from "./fake-guest";

const reading = (facts: Partial<GuestReading>): GuestReading => ({
  adapters: new Map(),
  cards: new Map(),
  gpuAddresses: ["0000:17:00.0"],
  hasPassedGpu: false,
  hasNvSwitch: false,
  hasRdmaDevice: true,
  sysctls: new Map(),
  missingPrograms: [],
  init: "systemd",
  kernel: "5.15.0-101-generic",
  driver: { version: "535.104.05", isOpen: false },
  hasPeerMemoryModule: true,
  fabricManager: { isRunning: false, isThere: false },
  memlockKiB: "unlimited",
  manifest: { isThere: false, damaged: [] },
  atBoot: {},
  ...facts,
});

describe("what GPUDirect RDMA needs", () => {
  it("is all there with nvidia-peermem, or with open kernel modules from Linux 5.12 on", () => {
    const peerMemory = (facts: Partial<GuestReading>) => gpuDirectReport(reading(facts)).peerMemory;
    const open = { hasPeerMemoryModule: false, driver: { version: "550.54", isOpen: true } };
    assert.equal(peerMemory({}), "nvidia-peermem");
    assert.equal(peerMemory({ ...open, kernel: "5.12.0" }), "dma-buf");
    assert.equal(peerMemory({ ...open, kernel: "6.1.0-18-amd64" }), "dma-buf");
    assert.equal(peerMemory({ ...open, kernel: "5.11.22" }), "none");
    assert.equal(peerMemory({ ...open, kernel: "4.18.0-513.el8" }), "none");
    assert.equal(peerMemory({ hasPeerMemoryModule: false }), "none");
    assert.deepEqual(gpuDirectReport(reading({})).problems, []);
  });

  const lacks: [string, Partial<GuestReading>, RegExp][] = [
    ["a GPU", { gpuAddresses: [] }, /no NVIDIA GPU on the PCI bus/],
    ["a driver", { driver: undefined as never }, /no NVIDIA kernel driver is loaded/],
    ["an answer of nvidia-smi", { smiComplaint: "No devices were found" }, /nvidia-smi reports no GPU: No devices/],
    ["a way to GPU memory", { hasPeerMemoryModule: false }, /modprobe nvidia-peermem/],
    ["an RDMA device", { hasRdmaDevice: false }, /no RDMA device/],
    ["locked memory", { memlockKiB: 8192 }, /may lock 8192 KiB.*memlock unlimited/],
    ["Fabric Manager", { hasNvSwitch: true }, /need NVIDIA Fabric Manager 535\.104\.05; install it/],
    [
      "a Fabric Manager that runs",
      { hasNvSwitch: true, fabricManager: { isRunning: false, isThere: true } },
      /does not run; start it/,
    ],
    [
      "a Fabric Manager of the driver's version",
      { hasNvSwitch: true, fabricManager: { isRunning: true, isThere: true, version: "535.54.03" } },
      /of version 535\.54\.03 and the driver of 535\.104\.05/,
    ],
  ];
  for (const [what, facts, problem] of lacks) {
    it(`is told where it lacks ${what}`, () => {
      const { problems } = gpuDirectReport(reading(facts));
      assert.equal(problems.length, 1, problems.join("\n"));
      assert.match(problems[0] ?? "", problem);
    });
  }

  it("is read of a system: Fabric Manager by its unit and version, and the limits of its sessions", () => {
    const guest = new FakeGuest();
    try {
      buildGuest(guest);
      guest.program("systemctl", 'if [ "$*" = "is-active nvidia-fabricmanager" ]; then echo active; else exit 3; fi');
      guest.program("nv-fabricmanager", "echo 'Fabric Manager version is : 535.104.05'");
      guest.file("etc/security/limits.conf", "#* - memlock 1\n* soft memlock 64\n");
      guest.file("etc/security/limits.d/90-rdma.conf", "* - memlock unlimited\n");
      const report = () => observedTuning(parseReading(guest.observe()), undefined).report;
      assert.deepEqual(report(), {
        driver: "535.104.05",
        peerMemory: "nvidia-peermem",
        fabricManager: "running",
        fabricManagerVersion: "535.104.05",
        memlockKiB: "unlimited",
        problems: [],
      });
      guest.program("systemctl", "echo inactive; exit 3");
      assert.equal(report().fabricManager, "stopped");
      guest.file("proc/4711/comm", "nv-fabricmanage\n");
      assert.equal(report().fabricManager, "running", "also without a unit");
      guest.file(
        "proc/driver/nvidia/version",
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.54.15  Release Build  (dvs-builder@U16)\n",
      );
      assert.equal(report().driver, "550.54.15");
    } finally {
      guest.remove();
    }
  });
});
