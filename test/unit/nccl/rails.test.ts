import assert from "node:assert/strict";
import { join } from "node:path";
import { plannedEnvironment } from "../../../core/nccl/planned-environment";
import { rails } from "../../../core/nccl/rails";
import { functionAt, h100, hostAt, planned } from "../plan/planning";

const VELA = join(__dirname, "../../topologies/ibm-vela-sample-nccl-topology.host.json");

describe("rails", () => {
  it("are the guest addresses of the NICs alone, one per paired NIC of the example", () => {
    const plan = planned(h100());
    const nics = Object.keys(plan.guestAddresses).filter((key) => functionAt(h100(), key).class === "020700");
    assert.equal(nics.length, 8);
    assert.deepEqual(
      plan.rails,
      nics.sort().map((key) => plan.guestAddresses[key]),
    );
  });

  it("go by host address, also where the guest's buses are in another order", () => {
    const { rails: order, guestAddresses } = planned(hostAt(VELA), { nics: "all" });
    assert.deepEqual(order, [guestAddresses["0000:b5:02.0"], guestAddresses["0000:dd:02.0"]]);
    assert.ok((order[0] as string) > (order[1] as string), "the guest's buses are in the other order");
  });

  it("put PCI domains of more than four digits last", () => {
    const nic = (address: string) => ({ address, class: "020700" });
    const root = (address: string, device: string) => ({ address, numaNode: 0, devices: [nic(device)] });
    const host = {
      ...h100(),
      pciRoots: [root("10000:00", "10000:01:00.0"), root("ffff:00", "ffff:01:00.0"), root("0001:00", "0001:01:00.0")],
    };
    const guestAddresses = {
      "10000:01:00.0": "0000:21:00.0",
      "ffff:01:00.0": "0000:31:00.0",
      "0001:01:00.0": "0000:41:00.0",
    };
    assert.deepEqual(rails(host, { guestAddresses }), ["0000:41:00.0", "0000:31:00.0", "0000:21:00.0"]);
  });

  it("order the names of NCCL_IB_HCA, which the kernel gives in bus order (seed S49)", () => {
    const host = hostAt(VELA);
    const { environment } = plannedEnvironment(host, planned(host, { nics: "all" }));
    assert.equal(environment.NCCL_IB_HCA, "=mlx5_1:1,mlx5_0:1");
    assert.equal(environment.CUDA_VISIBLE_DEVICES, "0,1,2,3,4,5,6,7");
    assert.equal(environment.NCCL_BUFFSIZE, "67108864");
    const alone = plannedEnvironment(host, planned(host, { gpus: 1, nics: 0 })).environment;
    assert.deepEqual([alone.NCCL_IB_HCA, alone.CUDA_VISIBLE_DEVICES], [undefined, "0"]);
  });
});
