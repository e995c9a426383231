import assert from "node:assert/strict";
import { startIdOf, startTimeIn } from "../../../core/domain/start-id";

/** Fields 3 to 52 of proc_pid_stat(5), each with its own number as its value. */
const rest = Array.from({ length: 50 }, (_, index) => String(index + 3)).join(" ");
const stat = (program: string): string => `4711 (${program}) ${rest}\n`;

describe("the name of a domain's start", () => {
  it("holds the host's boot, libvirt's number and the start of the process", () => {
    assert.equal(startIdOf({ bootId: "b", domainId: "3", processStat: stat("qemu-system-x86") }), "b/3/22");
    assert.equal(startIdOf({ bootId: "b", domainId: "3" }), "b/3");
    assert.equal(startIdOf({ bootId: "b", domainId: "3", processStat: "gone" }), "b/3");
  });

  it("counts fields after the program's name, whatever that holds", () => {
    for (const program of ["qemu", "a b", "a) R 1 (b", "))"]) assert.equal(startTimeIn(stat(program)), "22", program);
  });

  it("has no start time where there is none", () => {
    for (const text of ["", "1 (qemu) S 2", stat("qemu").replace(" 22 ", " x ")])
      assert.equal(startTimeIn(text), undefined);
  });
});
