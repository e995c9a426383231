import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDefinition, readDomain, redefineDomain, renderDomain } from "../../../core/domain/domain-xml";
import { parseXml } from "../../../core/domain/xml/element";
import { type DomainMetadata, readMetadata, renderMetadata } from "../../../core/domain/xml/metadata";
import { sample } from "./samples";

const OWNER = {
  stack: "shop/prod",
  urn: "urn:pulumi:prod::shop::gpudirect:index:GpuVm$gpudirect:index:Domain::vm",
  claim: "c1",
};
const FOREIGN = `<metadata><os:libosinfo xmlns:os="http://libosinfo.org/xmlns/libvirt/domain/1.0"><os:os id="http://debian.org/debian/12"/></os:libosinfo></metadata>`;

/** A domain that somebody else made, with what its tools wrote down. */
const foreign = (): string =>
  renderDomain(sample()).replace(
    "</name>",
    `</name><title>a &lt; b</title><description>theirs</description>${FOREIGN}`,
  );
const metadataOf = (xml: string): DomainMetadata | undefined => readDefinition(xml).identity.metadata;

describe("the metadata of a domain", () => {
  it("goes beside what others wrote (metadata.golden.xml; UPDATE_GOLDEN=1 rewrites it)", () => {
    const xml = redefineDomain(foreign(), readDomain(foreign()), { owner: OWNER, maintenance: "shutdown" });
    const path = join(__dirname, "metadata.golden.xml");
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, xml);
    assert.equal(xml, readFileSync(path, "utf8"));
    assert.equal(xml.match(/<metadata>/g)?.length, 1);
    const { status, stderr } = spawnSync("virt-xml-validate", ["-", "domain"], { input: xml, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  }).timeout(30_000);

  it("comes back as it was written, and takes the place of what was there", () => {
    const metadata = { owner: OWNER, maintenance: "refuse" } as const;
    const once = redefineDomain(foreign(), sample(), metadata);
    assert.deepEqual(metadataOf(once), metadata);
    const taken = { owner: { ...OWNER, stack: "shop/dev", claim: "c2" }, maintenance: "shutdown" } as const;
    const twice = redefineDomain(once, sample(), taken);
    assert.deepEqual(metadataOf(twice), taken);
    assert.doesNotMatch(twice, /shop\/prod|c1/);
    assert.match(twice, /libosinfo/);
    assert.equal(redefineDomain(twice, sample(), taken), twice);
  });

  it("says nothing where it is absent, foreign, or not whole", () => {
    assert.equal(metadataOf(renderDomain(sample())), undefined);
    assert.deepEqual(metadataOf(foreign()), {});
    const edited = (text: string) => readMetadata(parseXml(`<domain><metadata>${text}</metadata></domain>`));
    assert.deepEqual(edited(`<gpudirect:domain xmlns:gpudirect="urn:pulumi-gpudirect:domain:1"/>`), {});
    assert.deepEqual(edited(`<gpudirect:domain><gpudirect:owner stack="a/b"/></gpudirect:domain>`), {});
    const policy = "<gpudirect:domain><gpudirect:maintenance>always</gpudirect:maintenance></gpudirect:domain>";
    assert.deepEqual(edited(policy), {});
  });

  it("holds no character that XML cannot", () => {
    const [metadata] = renderMetadata({ owner: { ...OWNER, urn: "a\u0001b\ud800c\u{1f680}\ufffe" } });
    const { urn } = metadata?.children[0]?.children[0]?.attributes ?? {};
    assert.equal(urn, "a\ufffdb\ufffdc\u{1f680}\ufffd");
  });
});
