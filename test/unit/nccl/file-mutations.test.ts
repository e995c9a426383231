import assert from "node:assert/strict";
import { checkNcclFile } from "../../support/nccl-laws";
import { h100, planned } from "../plan/planning";

/** A good file, broken in one place each: what the laws' parser must notice for its word on good files to count. */
describe("the parser of NCCL's laws", () => {
  const good = planned(h100()).ncclTopology;
  const spoil = (what: string | RegExp, by: string): string => {
    const spoilt = good.replace(what, by);
    assert.notEqual(spoilt, good, `${what} is not in the file`);
    return spoilt;
  };
  const switches = checkNcclFile(good).switches;

  it("takes the good file", () => {
    assert.deepEqual(checkNcclFile(good).problems, []);
  });

  const mutations: [what: string, xml: () => string, problem: RegExp][] = [
    ["an upper-case bus id", () => spoil(/busid="0000:a3/, 'busid="0000:A3'), /busid is "0000:A3/],
    ["an upper-case domain", () => spoil(/busid="0000:/, 'busid="000A:23'), /busid is "000A/],
    ["no PCIe after the speed", () => spoil('"32.0 GT/s PCIe"', '"32.0 GT/s"'), /"32\.0 GT\/s" counts as 8 GT\/s/],
    ["a speed without its decimal", () => spoil('"32.0 GT/s PCIe"', '"32 GT/s PCIe"'), /counts as 8 GT\/s/],
    ["a tab", () => spoil("    <pci", "\t<pci"), /expected "<", got "\\t"/],
    ["a tab between attributes", () => spoil(' class="0x030200"', '\tclass="0x030200"'), /expected ">"/],
    ["two blanks between attributes", () => spoil(' class="0x030200"', '  class="0x030200"'), /" " in a name/],
    ["attributes on two lines", () => spoil(' class="0x030200"', '\n class="0x030200"'), /expected ">"/],
    ["an XML header", () => `<?xml version="1.0"?>\n${good}`, /"\?xml" is no element's name/],
    ["another version", () => spoil('version="1"', 'version="2"'), /version is not 1/],
    ["no version", () => spoil(' version="1"', ""), /version is not 1/],
    ["a switch id twice", () => spoil(`"${switches[1]}"`, `"${switches[0]}"`), /is there twice/],
    ["a 2.5 GT/s uplink", () => spoil("32.0 GT/s PCIe", "2.5 GT/s PCIe"), /what an emulated switch reports/],
    ["no width", () => spoil(' link_width="16"', ""), /link_width is undefined/],
    ["a width of 0", () => spoil('link_width="16"', 'link_width="0"'), /link_width is "0"/],
    ["no class", () => spoil(' class="0x030200"', ""), /class is undefined/],
    ["a GPU at function 1", () => spoil(/00\.0" class="0x0302/, '00.1" class="0x0302'), /busid is "0000:..:00\.1"/],
    ["a NIC at slot 1", () => spoil(/00\.0" class="0x0207/, '01.0" class="0x0207'), /busid is "0000:..:01\.0"/],
    ["a value of 254 letters", () => spoil('vendor="0x10de"', `vendor="${"0".repeat(254)}"`), /a value is too long/],
    ["more than 16 attributes", () => spoil("<cpu", `<cpu${letters(16)}`), /more than 16 attributes/],
    ["257 elements", () => spoil("</system>", `${'<cpu numaid="9"/>'.repeat(240)}</system>`), /more than 256 elements/],
    ["what NCCL finds out itself", () => spoil("<cpu", '<cpu vendor="GenuineIntel"'), /has vendor, which NCCL finds/],
    ["a gpu element", () => spoil(/(class="0x030200"[^>]*)\/>/, '$1><gpu dev="0"/></pci>'), /<pci> has <gpu>/],
    ["a numaid twice", () => spoil('numaid="1"', 'numaid="0"'), /two cpus of numaid 0/],
    ["a mask with 0x", () => spoil(/affinity="/, 'affinity="0x'), /is no CPU mask/],
    ["a file that is cut off", () => good.slice(0, -20), /has no end|cut off/],
    ["an element ended by another", () => spoil("</cpu>", "</pci>"), /<\/pci> ends <cpu>/],
    ["text between elements", () => spoil("<cpu", "x<cpu"), /expected "<", got "x"/],
  ];
  for (const [what, xml, problem] of mutations) {
    it(`notices ${what}`, () => {
      assert.match(checkNcclFile(xml()).problems.join("\n"), problem);
    });
  }
});

/** Attributes of other names, one letter each. */
function letters(count: number): string {
  return Array.from({ length: count }, (_, index) => ` ${String.fromCharCode(97 + index)}="1"`).join("");
}
