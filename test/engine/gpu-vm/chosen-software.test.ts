import { deepEqual, throws } from "node:assert/strict";
import { chosenSoftware } from "../../../components/guest-software";

const AGENT = /vm: nccl: the guest cannot be reached without its agent; .*; or leave nccl out\.$/;

describe("what GpuVm sets inside a guest", () => {
  const ssh = { connection: { ssh: { address: "10.0.0.2" } } };
  const neither = { tuning: undefined, nccl: undefined };

  it("is both with their defaults where the agent answers, or ssh is given", () => {
    deepEqual(chosenSoftware("vm", {}), { tuning: {}, nccl: {} });
    deepEqual(chosenSoftware("vm", { guestAgent: false, guest: ssh }), { tuning: {}, nccl: {} });
    deepEqual(chosenSoftware("vm", { ...ssh, guest: ssh }), { tuning: {}, nccl: {} });
  });

  it("is what was asked for, and nothing of what was declined", () => {
    const nccl = { visibleGpus: 4 };
    deepEqual(chosenSoftware("vm", { tuning: false, nccl }), { tuning: undefined, nccl });
  });

  it("is nothing in a rehearsal, unless asked for: then what its guest can have", () => {
    deepEqual(chosenSoftware("vm", { rehearse: true }), neither);
    deepEqual(chosenSoftware("vm", { rehearse: true, nccl: { profile: "none" }, tuning: { persistent: true } }), {
      tuning: { persistent: true },
      nccl: { persistent: false, rails: [], profile: "none" },
    });
  });

  it("is nothing where the guest is not to run, or cannot be reached", () => {
    deepEqual(chosenSoftware("vm", { running: false, nccl: {} }), neither);
    deepEqual(chosenSoftware("vm", { guestAgent: false }), neither);
    deepEqual(chosenSoftware("vm", { guestAgent: false, tuning: false, nccl: false }), neither);
    deepEqual(chosenSoftware("vm", ssh), neither);
  });

  it("is refused where it was asked for and the guest cannot be reached, each by its property", () => {
    throws(() => chosenSoftware("vm", { guestAgent: false, nccl: {} }), AGENT);
    throws(
      () => chosenSoftware("vm", { ...ssh, tuning: {}, nccl: {} }),
      /vm: tuning: .*put it into `hosts`.*leave tuning out\.\nvm: nccl: /,
    );
  });
});
