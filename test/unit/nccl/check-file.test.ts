import assert from "node:assert/strict";
import { checkTopologyFile } from "../../../core/nccl/check-file";
import { h100, planned } from "../plan/planning";
import { hosts, spareable } from "./hosts";

describe("a topology file that anyone wrote", () => {
  const good = planned(h100()).ncclTopology;
  const told = (xml: string) => checkTopologyFile(xml).map(({ message }) => message);
  const spoil = (what: string | RegExp, by: string): string => {
    const spoilt = good.replace(what, by);
    assert.notEqual(spoilt, good, `${what} is not in the file`);
    return spoilt;
  };

  it("is taken when it is one of ours", () => {
    for (const { name, host } of hosts()) {
      assert.deepEqual(told(planned(spareable(host), { nics: "all" }).ncclTopology), [], name);
    }
  });

  it("is taken as NCCL itself and others write it: older speeds, more blanks, comments, elements of NCCL, line ends of Windows", () => {
    const dump = good
      .replaceAll("32.0 GT/s PCIe", "32 GT/s")
      .replace("<system", "<!-- from a dump -->\n<system")
      .replace(
        /(class="0x030200"[^>]*)\/>/,
        '$1><gpu dev="0" sm="90"><nvlink target="fffffff:ffff:ff" count="18"/></gpu></pci>',
      )
      .replace("<cpu numaid", "<cpu  numaid")
      .replaceAll('"/>', '" />')
      .replaceAll("\n", "\r\n");
    assert.deepEqual(told(dump), []);
  });

  const refused: [what: string, xml: () => string, message: RegExp][] = [
    ["an XML header", () => `<?xml version="1.0"?>\n${good}`, /^line 1: NCCL takes no XML header; remove it$/],
    ["a DOCTYPE", () => `<!DOCTYPE system>\n${good}`, /^line 1: NCCL takes no DOCTYPE/],
    ["tabs", () => spoil("  <cpu", "\t<cpu"), /^line 2: NCCL takes no tabs/],
    ["text", () => spoil("  <cpu", "  x <cpu"), /^line 2: NCCL takes no text between elements: "x <cpu/],
    ["a blank inside an end", () => spoil('"/>', '"/ >'), /^line \d+: an element must be on one line/],
    ["two lines", () => spoil("<cpu numaid", "<cpu\n numaid"), /^line 2: an element must be on one line/],
    ["a tab between attributes", () => spoil("<cpu numaid", "<cpu\tnumaid"), /^line 2: an element must be/],
    ["another version", () => spoil('version="1"', 'version="2"'), /^line 1: version must be 1$/],
    ["upper case", () => spoil("0000:a3:00.0", "0000:A3:00.0"), /busid "0000:A3:00\.0" is no PCI address like/],
    ["a speed without PCIe", () => spoil("32.0 GT/s PCIe", "32.0 GT/s"), /"32\.0 GT\/s" counts as 8 GT\/s/],
    ["a bus id twice", () => spoil("0000:43:00.0", "0000:44:00.0"), /busid 0000:44:00\.0 is there twice/],
    ["no class", () => spoil(/ class="0x030200"/, ""), /has no class/],
    ["no numaid", () => spoil(' numaid="0"', ""), /numaid must be a number/],
    [
      "a long value",
      () => spoil('vendor="0x10de"', `vendor="${"0".repeat(254)}"`),
      /vendor has more than 253 characters/,
    ],
    [
      "many elements",
      () => spoil("</system>", `${'<cpu numaid="9"/>'.repeat(240)}</system>`),
      /more than 256 elements/,
    ],
    ["two systems", () => good + good, /a file has one <system> and nothing else/],
    ["a cut-off file", () => good.slice(0, good.indexOf("</cpu>")), /^<cpu> has no end$/],
    ["crossed ends", () => spoil("</cpu>", "</pci>"), /<\/pci> ends <cpu>/],
    ["an empty file", () => "\n", /^there is no <system>$/],
  ];
  for (const [what, xml, message] of refused) {
    it(`is told of ${what}`, () => {
      const messages = told(xml());
      assert.ok(
        messages.some((one) => message.test(one)),
        messages.join("\n"),
      );
    });
  }

  it("is told of everything at once, and of no more than a screen", () => {
    const several = good.replace('version="1"', 'version="3"').replace("0000:a3:00.0", "0000:A3:00.0");
    assert.equal(told(several).length, 2);
    assert.equal(told(good.replaceAll(" GT/s PCIe", "")).length, 20);
  });
});
