import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import type { LabHost } from "../../lab/client/lab-host";
import { mustEnd, type Stack } from "../engine/support/stack";
import { setPendingBios } from "./support/bmc";
import { bootedHost } from "./support/hosts";
import { labStack, on, plannedChanges } from "./support/lab-stack";

const FILE = "/var/lib/gpudirect/baseline.json";

describe("the baseline of a host", function () {
  this.timeout(900_000);
  let host: LabHost;
  let stack: Stack;

  before(async () => {
    host = await bootedHost();
    stack = await labStack(host);
  });
  after(() => stack?.discard());

  const program = (args: object = {}) => stack.resources({ baseline: on("HostBaseline", args) });
  const outputs = async () => (await stack.resource("baseline"))?.outputs as Record<string, Record<string, unknown>>;

  it("refuses a host that is not the one that was meant, and writes nothing", async () => {
    program({ systemUuid: "00000000-0000-0000-0000-00000000abcd" });
    const { code, text } = await stack.up();
    notEqual(code, 0);
    match(text, /another machine answers as hgx: UUID [0-9a-f-]{36} in place of 00000000-0000-0000-0000-00000000abcd/);
    equal((await host.tryRun(`ls ${FILE}`)).status, 2);
  });

  it("is written down once: identity, facts, boot entry", async () => {
    const uuid = (await host.run("cat /sys/class/dmi/id/product_uuid")).trim().toLowerCase();
    program({ systemUuid: uuid.toUpperCase() });
    await stack.mustUp();
    const { recorded, identity, facts, bootEntry } = await outputs();
    deepEqual(recorded, { identity, facts, bootEntry });
    equal(identity?.systemUuid, uuid);
    deepEqual([facts?.gpus, facts?.nics, facts?.acpiIommu], [8, 9, "DMAR"]);
    equal(bootEntry?.kernel, (await host.run("uname -r")).trim());
    deepEqual(JSON.parse(await host.run(`cat ${FILE}`)), { version: 1, ...recorded });
    await stack.mustBeSettled("--refresh");
  });

  it("that was taken away on the host is written anew, with the host as it is then", async () => {
    await host.run(`rm ${FILE}`);
    deepEqual(await plannedChanges(stack), { baseline: ["create"] });
    await stack.mustUp();
    await stack.mustBeSettled();
  });

  it("tells at its delete what still waits for a boot, and leaves no file", async () => {
    await setPendingBios(host, { PCIS012: "PCIS0121024Bytes" });
    const { text } = mustEnd(await stack.destroy());
    match(text, /still waits for a boot: BIOS setting PCIS012: PCIS012Auto → PCIS0121024Bytes/);
    equal((await host.tryRun(`ls ${FILE}`)).status, 2);
  });
});
