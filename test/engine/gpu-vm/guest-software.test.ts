import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { guestBoot, ROOT } from "../support/environment";
import { Stack } from "../support/stack";
import { nameOf } from "../support/state";
import { until } from "../support/until";
import { domains, stateOf, virsh } from "../support/virsh";

const HOST_FILE = join(ROOT, "examples", "h100-rehearsal", "h100.host.json");

describe("GpuVm, inside its guest", function () {
  // A guest boots here without KVM, beside other tests.
  this.timeout(180_000);
  const stack = new Stack();
  const name = stack.name("vm");
  const args = { name, gpus: 2, rehearse: true, firmware: "bios", boot: guestBoot() };
  /** A program of one GpuVm, whose guest has a switch with two GPUs and two NICs. */
  const program = (more: object = {}) =>
    stack.program(`
      const topology = JSON.parse(require("node:fs").readFileSync(${JSON.stringify(HOST_FILE)}, "utf8"));
      const vm = new gpudirect.GpuVm("vm", { ...${JSON.stringify({ ...args, ...more })}, topology });
      exports.rails = vm.plan.rails;
      exports.ncclTopology = vm.plan.ncclTopology;
    `);
  const made = async () =>
    (await stack.state()).resources?.filter(({ type }) => /:(Domain|GuestTuning|NcclRuntime)$/.test(type)) ?? [];
  const namesMade = async () => (await made()).map(({ urn }) => nameOf(urn));

  const agentAnswers = () =>
    until("the guest agent answers", () => {
      try {
        return virsh("qemu-agent-command", name, '{"execute":"guest-ping"}') !== "";
      } catch {
        return false;
      }
    });

  before(() => stack.init());
  after(() => stack.discard());

  it("is refused by the property where a guest without agent is to be set up, before anything is made", async () => {
    program({ guestAgent: false, tuning: {}, nccl: { visibleGpus: 2 } });
    const { code, text } = await stack.preview();
    notEqual(code, 0);
    match(
      text,
      /vm: tuning: the guest cannot be reached without its agent; leave guestAgent out, or say in guest\.connection/,
    );
    match(text, /vm: nccl: the guest cannot be reached without its agent/);
    program({ host: "node7", connection: { ssh: { address: "node7.example" } }, tuning: {} });
    match(
      (await stack.preview()).text,
      /vm: tuning: the guest agent is reached through a host of the provider's `hosts`/,
    );
    equal(domains().includes(name), false);
  });

  it("is previewed without a look for a guest that is not there yet", async () => {
    program({ tuning: { profile: "none", nics: "none", gpus: "none" }, nccl: {} });
    stack.shim.calls();
    const { steps, diagnostics = [] } = await stack.planned();
    deepEqual(
      steps
        .filter(({ op }) => op === "create")
        .map(({ urn }) => nameOf(urn))
        .filter((one) => one.startsWith("vm"))
        .sort(),
      ["vm", "vm", "vm-nccl", "vm-tuning"],
    );
    deepEqual(
      diagnostics.filter(({ severity }) => severity === "warning" || severity === "error"),
      [],
    );
    doesNotMatch(stack.shim.calls().join("\n"), /agent/);
  });

  it("gets its settings after the domain runs, the NCCL runtime last, and then has nothing to do", async () => {
    await stack.mustUp();
    const resources = await made();
    deepEqual(await namesMade(), ["vm", "vm-tuning", "vm-nccl"]);
    const [domain, tuning, nccl] = resources;
    deepEqual(
      [tuning, nccl].map((one) => one?.outputs?.host),
      [name, name],
    );
    deepEqual(
      [tuning, nccl].map((one) => one?.outputs?.after),
      [domain?.outputs?.startId, domain?.outputs?.startId],
    );
    const { dependencies = [] } = nccl as { dependencies?: string[] };
    ok(dependencies.includes(tuning?.urn ?? ""));
    equal(nccl?.outputs?.topology, (await stack.outputs<{ ncclTopology: string }>()).ncclTopology);
    await stack.mustBeSettled();
  });

  it("is set again in a guest that was started anew, whose files are gone", async () => {
    virsh("destroy", name);
    virsh("start", name);
    await agentAnswers();
    await stack.mustUp();
    const [domain, , nccl] = await made();
    equal(nccl?.outputs?.after, domain?.outputs?.startId);
    await stack.mustBeSettled();
  });

  it("is refused a topology file of another guest, by the address that this one does not have", async () => {
    const { ncclTopology } = await stack.outputs<{ ncclTopology: string }>();
    const [address = ""] = (await stack.outputs<{ rails: string[] }>()).rails;
    program({ nccl: { topology: ncclTopology.replaceAll(address, "0000:fe:00.0") } });
    const { code, text } = await stack.up();
    notEqual(code, 0);
    match(text, /topology: the topology file has a NIC at 0000:fe:00\.0, but the guest has no PCI function there/);
  });

  it("is left as it is while a change of the guest's devices waits for its next start, and follows then", async () => {
    program({ nccl: {} });
    await stack.mustUp();
    const topology = async () => (await made()).find(({ type }) => type.endsWith("NcclRuntime"))?.outputs?.topology;
    const planned = async () => (await stack.outputs<{ ncclTopology: string }>()).ncclTopology;
    const before = await topology();
    program({ gpus: 4, restart: "defer", nccl: {} });
    equal((await stack.preview()).code, 0);
    const { text } = await stack.mustUp();
    match(text, /left as it is until the guest is started anew/);
    equal(await topology(), before);
    notEqual(await planned(), before);
    virsh("destroy", name);
    virsh("start", name);
    await agentAnswers();
    await stack.mustUp();
    equal(await topology(), await planned());
    await stack.mustBeSettled();
  });

  it("is left as it is when it is shut off, and taken up again at its next start", async () => {
    program({ gpus: 4, nccl: {}, running: false });
    const { text } = await stack.mustUp();
    match(text, /nccl\/runtime is left as it is: .*domain is not running/);
    deepEqual(await namesMade(), ["vm"]);
    equal(stateOf(name), "shut off");
    program({ gpus: 4, nccl: {} });
    await stack.mustUp();
    deepEqual(await namesMade(), ["vm", "vm-nccl"]);
    await stack.mustBeSettled();
  });

  it("is given back what it was when it is left out, and the guest runs on", async () => {
    program();
    await stack.mustUp();
    deepEqual(await namesMade(), ["vm"]);
    equal(stateOf(name), "running");
  });

  it("goes with the guest: a destroy asks a guest that does not answer for nothing", async () => {
    program({ stopTimeoutSeconds: 1, nccl: {} });
    await stack.mustUp();
    deepEqual(await namesMade(), ["vm", "vm-nccl"]);
    virsh("suspend", name);
    stack.shim.calls();
    const { code, text } = await stack.destroy();
    equal(code, 0, text);
    equal(domains().includes(name), false);
    doesNotMatch(stack.shim.calls().join("\n"), /qemu-agent-command/);
  });
});
