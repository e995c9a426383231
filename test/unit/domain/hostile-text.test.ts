import assert from "node:assert/strict";
import { XMLValidator } from "fast-xml-parser";
import { domainDocument } from "../../../core/domain/document";
import { readDefinition, readDomain, redefineDomain, renderDomain } from "../../../core/domain/domain-xml";
import { sample } from "./samples";

const TEXTS = [
  `"<&'>`,
  "]]></cmdline><devices/>",
  "&amp; &#13; &lt; &unknown;",
  "<!-- not a comment --> <![CDATA[ nor data ]]>",
  " leading and trailing ",
  "ünïcödé 世界 🚀",
  "0x10 1e3 true",
];

describe("text of users in a domain's XML", () => {
  for (const text of TEXTS) {
    it(`comes back as it was: ${text}`, () => {
      const document = sample({
        boot: { kernel: `/boot/${text}`, initrd: `/boot/i${text}`, commandLine: text },
        disks: { root: { source: { pool: text, volume: text }, rootPort: 1 } },
        interfaces: { lan: { network: text, mac: "52:54:00:12:34:56", rootPort: 2 } },
        consoleLog: `/log/${text}`,
      });
      const metadata = { owner: { stack: text, urn: text, claim: text }, maintenance: "refuse" } as const;
      const xml = renderDomain(document, { metadata });
      assert.equal(XMLValidator.validate(xml), true);
      assert.deepEqual(readDomain(xml), document);
      assert.deepEqual(readDomain(redefineDomain(xml, document, metadata)), document);
      assert.deepEqual(readDefinition(xml).identity.metadata, metadata);
      assert.equal(xml.match(/<devices>/g)?.length, 1);
    });
  }

  const refused: [what: string, changes: Record<string, unknown>, path: string][] = [
    ["a line end in a command line", { boot: { kernel: "/k", commandLine: "quiet\nfoo" } }, "boot.commandLine"],
    ["a blank command line", { boot: { kernel: "/k", commandLine: " " } }, "boot.commandLine"],
    ["a control character in a path", { consoleLog: "/log/\u0001" }, "consoleLog"],
    ["a line end in a path", { boot: { kernel: "/k\n" } }, "boot.kernel"],
  ];
  for (const [what, changes, path] of refused) {
    it(`is refused where XML or libvirt cannot hold it: ${what}`, () => {
      const parsed = domainDocument.safeParse({ ...sample(), ...changes });
      assert.deepEqual(
        parsed.error?.issues.map((issue) => issue.path.join(".")),
        [path],
      );
    });
  }

  const names = ["", ".hidden", "-rf", "a/b", "a b", "a\nb", "42", "ü", "x".repeat(201), "<vm>"];
  for (const name of names) {
    it(`is no name that libvirt forbids: ${JSON.stringify(name.slice(0, 20))}`, () => {
      assert.equal(domainDocument.safeParse({ ...sample(), name }).success, false);
    });
  }
});
