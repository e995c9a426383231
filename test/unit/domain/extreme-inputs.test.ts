import assert from "node:assert/strict";
import { checkDocument } from "../../../core/domain/check-document";
import { domainDocument } from "../../../core/domain/document";
import { sample } from "./samples";

const messageOf = (changes: object): string =>
  domainDocument.safeParse({ ...sample(), ...changes }).error?.issues[0]?.message ?? "taken";

describe("a domain document beyond what any machine has", () => {
  it("is refused for CPU lists that name too many CPUs, or a range the wrong way round", () => {
    for (const list of ["0-4294967295", "0-65536", "3-1"]) {
      assert.match(messageOf({ emulatorPin: list }), /must name numbers from 0 to 65535/);
    }
    assert.equal(messageOf({ emulatorPin: "0-65535" }), "taken");
  });

  it("is refused for a blank command line or one of several lines, however long", () => {
    for (const commandLine of [" ".repeat(1_000_000), "a\nb"]) {
      assert.match(messageOf({ boot: { kernel: "/vmlinuz", commandLine } }), /must be one line that is not blank/);
    }
    assert.equal(messageOf({ boot: { kernel: "/vmlinuz", commandLine: `${"a ".repeat(1000)}quiet` } }), "taken");
  });

  it("is refused for more switches than a PCI domain has buses, before their tree is walked", () => {
    const address = (index: number) =>
      `0000:${(index >> 5).toString(16).padStart(2, "0")}:${(index & 31).toString(16).padStart(2, "0")}.0`;
    const addresses = Array.from({ length: 5000 }, (_, index) => address(index));
    const switches = Object.fromEntries(
      addresses.map((key, index) => [key, { parent: addresses[index - 1] ?? "0000:15", port: 0 }]),
    );
    const problems = checkDocument(sample({ switches, devices: {} }));
    assert.ok(
      problems.some(({ path, message }) => path === "switches" && /there are 5000 of them/.test(message)),
      JSON.stringify(problems.slice(0, 3)),
    );
  });

  it("has a message that stays short for cells with many gaps", () => {
    const { 0: cell } = sample().cells;
    assert.ok(cell);
    const cells = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [String(index * 2), cell]));
    const found = checkDocument(sample({ cells })).find(({ path }) => path === "cells");
    assert.match(found?.message ?? "", /and 480 more/);
  });
});
