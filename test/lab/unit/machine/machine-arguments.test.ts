import assert from "node:assert/strict";
import { Refusal } from "../../../../core/problems";
import { FACTORY_BIOS_EFFECTS } from "../../../../lab/hardware/bios-effects";
import { machineArguments } from "../../../../lab/machine/machine-arguments";
import { planMachine } from "../../../../lab/machine/plan-machine";
import { hardware, hostOf, labHost } from "./hosts";

const H100 = planMachine(labHost("h100"));
const A100 = planMachine(labHost("a100"));
const SIZE = { memoryMiB: 4096, cpus: 4 };
const bios = (change: object) => hardware({ bios: { ...FACTORY_BIOS_EFFECTS, ...change } });
const valuesOf = (args: readonly string[], option: string) => args.filter((_, index) => args[index - 1] === option);

describe("the arguments of a simulated machine", () => {
  it("divide memory and CPUs on the nodes, with the host's distances", () => {
    const args = machineArguments(H100, hardware(), SIZE);
    assert.deepEqual(valuesOf(args, "-m"), ["4096M"]);
    assert.deepEqual(valuesOf(args, "-smp"), ["4,sockets=2,cores=2,threads=1"]);
    assert.deepEqual(
      valuesOf(args, "-object"),
      [0, 1].map((id) => `memory-backend-ram,id=m${id},size=2048M`),
    );
    assert.deepEqual(valuesOf(args, "-numa"), [
      "node,nodeid=0,memdev=m0,cpus=0-1",
      "node,nodeid=1,memdev=m1,cpus=2-3",
      "dist,src=0,dst=0,val=10",
      "dist,src=0,dst=1,val=21",
      "dist,src=1,dst=0,val=21",
      "dist,src=1,dst=1,val=10",
    ]);
  });

  it("give no CPU to the last nodes where there are fewer CPUs than nodes", () => {
    const nodes = valuesOf(machineArguments(A100, hardware(), { memoryMiB: 1030, cpus: 6 }), "-numa").slice(0, 8);
    assert.equal(nodes[5], "node,nodeid=5,memdev=m5,cpus=5");
    assert.equal(nodes[6], "node,nodeid=6,memdev=m6");
    const sizes = valuesOf(machineArguments(A100, hardware(), { memoryMiB: 1030, cpus: 6 }), "-object");
    assert.deepEqual(
      sizes.slice(0, 2).map((text) => text.split("size=")[1]),
      ["134M", "128M"],
    );
  });

  it("give no memory to a node that has none", () => {
    const plan = planMachine(
      hostOf([], {
        numaNodes: [
          { id: 0, cpus: "0", memoryMiB: 0 },
          { id: 1, cpus: "1", memoryMiB: 9 },
        ],
      }),
    );
    const nodes = valuesOf(machineArguments(plan, hardware(), { memoryMiB: 256, cpus: 2 }), "-numa");
    assert.deepEqual(nodes, ["node,nodeid=0,cpus=0", "node,nodeid=1,memdev=m1,cpus=1"]);
  });

  it("have no IOMMU, no virtualization where the BIOS has them off", () => {
    const iommu = (args: readonly string[]) => args.filter((arg) => arg.startsWith("intel-iommu"));
    assert.equal(iommu(machineArguments(H100, hardware(), SIZE)).length, 1);
    assert.deepEqual(iommu(machineArguments(H100, bios({ iommu: false }), SIZE)), []);
    assert.deepEqual(valuesOf(machineArguments(H100, hardware(), SIZE), "-cpu"), ["max,la57=off"]);
    const off = machineArguments(H100, bios({ virtualization: false }), SIZE);
    assert.deepEqual(valuesOf(off, "-cpu"), ["max,la57=off,svm=off,vmx=off"]);
  });

  it("are those of KVM where it accelerates", () => {
    const kvm = { ...SIZE, accelerator: "kvm" as const };
    const args = machineArguments(H100, bios({ virtualization: false }), kvm);
    assert.deepEqual(valuesOf(args, "-cpu"), ["host,svm=off,vmx=off"]);
    assert.deepEqual(valuesOf(args, "-machine"), ["q35,kernel-irqchip=split"]);
    assert.ok(args.some((arg) => /^intel-iommu,.*eim=on/.test(arg)));
    assert.deepEqual(valuesOf(machineArguments(H100, bios({ iommu: false }), kvm), "-machine"), ["q35"]);
  });

  it("leave out a card whose function 0 has vanished, and what is behind a vanished bridge", () => {
    const plan = planMachine(labHost("nested-switches"));
    const ids = (vanished: string[]) =>
      machineArguments(plan, hardware({ vanished: new Set(vanished) }), SIZE).flatMap(
        (arg) => /,id=(f[^,]+)/.exec(arg)?.[1] ?? [],
      );
    const all = ids([]);
    assert.equal(all.length, plan.functions.length);
    assert.deepEqual(
      all.filter((id) => !ids(["0000:39:00.0"]).includes(id)),
      ["f0000-39-00-0", "f0000-39-00-1"],
    );
    assert.deepEqual(
      all.filter((id) => !ids(["0000:19:01.0"]).includes(id)),
      ["f0000-19-01-0", "f0000-1b-00-0"],
    );
  });

  it("need enough memory and a CPU, told at once", () => {
    assert.throws(
      () => machineArguments(A100, hardware(), { memoryMiB: 1023, cpus: 0 }),
      (error: unknown) =>
        error instanceof Refusal &&
        /^memoryMiB: is 1023 MiB, but 8 NUMA nodes with memory need 1024 MiB at least/.test(error.message) &&
        /\ncpus: is 0, but the machine has 1 to 288 CPUs/.test(error.message),
    );
  });
});
