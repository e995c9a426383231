import { equal, match, notEqual } from "node:assert/strict";
import { smallDomain } from "./support/settings";
import { Stack } from "./support/stack";
import { define, definitionOf } from "./support/virsh";

describe("an update that libvirt rejects", () => {
  const stack = new Stack();
  const name = stack.name("vm");
  const takenUuid = "a2f7d6c0-5d3e-4a42-9f83-6d2b6f0c9e11";
  let before_: string;

  before(async () => {
    define(`<domain type='qemu'><name>${stack.name("other")}</name><uuid>${takenUuid}</uuid><memory>65536</memory><os><type>hvm</type></os></domain>`);
    await stack.init();
    stack.domains({ vm: smallDomain(name) });
    await stack.mustUp();
    before_ = definitionOf(name);
  });
  after(() => stack.discard());

  it("keeps the old domain byte for byte, and says what libvirt said", async () => {
    stack.domains({ vm: { ...smallDomain(name), uuid: takenUuid, vcpuPins: { 0: "0", 1: "0" } } });
    const { code, text } = await stack.up();
    notEqual(code, 0);
    match(text, /libvirt says: .*uuid/);
    equal(definitionOf(name), before_);
  });

  it("is followed by an up with good input that goes through", async () => {
    stack.domains({ vm: { ...smallDomain(name), vcpuPins: { 0: "0", 1: "0" } } });
    await stack.mustUp();
    match(definitionOf(name), /<vcpupin vcpu='1' cpuset='0'\/>/);
    await stack.mustBeSettled();
  });
});
