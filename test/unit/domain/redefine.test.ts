import assert from "node:assert/strict";
import type { DomainDocument } from "../../../core/domain/document";
import { readDefinition, readDomain, redefineDomain, renderDomain } from "../../../core/domain/domain-xml";
import type { DomainMetadata } from "../../../core/domain/xml/metadata";
import { checkGuest } from "../../support/guest-checker";
import { GPU, LONE, sample } from "./samples";

const METADATA: DomainMetadata = {
  owner: { stack: "shop/prod", urn: "urn:pulumi:prod::shop::gpudirect:index:Domain::vm", claim: "c1" },
  maintenance: "refuse",
};
const UUID = "5a6f3c1e-0000-4000-8000-000000000001";
const WATCHDOG = `<watchdog model='i6300esb' action='reset'><address type='pci' domain='0x0000' bus='0x13' slot='0x01' function='0x0'/></watchdog>`;

/** Changes text that must be there, as an edit by hand or libvirt's own additions do. */
function edit(xml: string, ...edits: [from: string | RegExp, to: string][]): string {
  return edits.reduce((text, [from, to]) => {
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `${from} is not in\n${text}`);
    return changed;
  }, xml);
}

/** What `virsh dumpxml --inactive` prints after define: filled in by libvirt, then edited by hand. */
const defined = (document: DomainDocument = sample()): string =>
  edit(
    renderDomain(document, { metadata: METADATA }),
    ['machine="q35"', 'machine="pc-q35-7.2"'],
    [
      "</name>",
      `</name>\n  <uuid>${UUID}</uuid>\n  <title>ours</title>\n  <description>\n two lines &amp; more\n</description>`,
    ],
    ["</metadata>", `<x:app xmlns:x="http://example.com/x"><x:note of="a&#10;b">keep</x:note></x:app></metadata>`],
    ["</memory>", `</memory>\n  <currentMemory unit="KiB">4194304</currentMemory>`],
    [
      "<boot dev",
      `<loader readonly="yes" type="pflash">/fw/code.fd</loader><nvram template="/fw/vars.fd">/nvram/vm.fd</nvram><boot dev`,
    ],
    [/<cpu mode="host-passthrough"/, '<cpu mode="host-passthrough" check="none" migratable="on"'],
    ['<model type="virtio"/>', '<model type="e1000"/>'],
    ["<on_crash>destroy<", "<on_crash>preserve<"],
    ['model="none"/>', 'index="0" model="none"/>'],
    ["</disk>", "<iotune><total_bytes_sec>1000000</total_bytes_sec></iotune></disk>"],
    ["<rom bar", `<boot order="3"/><rom bar`],
    ["<memballoon", `${WATCHDOG}<controller type="pci" index="19" model="pcie-to-pci-bridge"/><memballoon`],
    ["<qemu:commandline>", `<qemu:commandline><qemu:arg value="-fw_cfg"/><qemu:arg value="name=opt/user,string=1"/>`],
  );
const known = (): DomainDocument => readDomain(defined());

describe("redefining a domain", () => {
  it("changes nothing where the document does not change, the second time either", () => {
    const once = redefineDomain(defined(), known(), METADATA);
    assert.deepEqual(readDomain(once), known());
    assert.equal(redefineDomain(once, known(), METADATA), once);
    assert.deepEqual(readDefinition(once).identity, {
      metadata: METADATA,
      machineType: "pc-q35-7.2",
      runningId: undefined,
    });
  });

  it("keeps what libvirt filled in and what others wrote", () => {
    const { [LONE]: _, ...devices } = known().devices;
    const xml = redefineDomain(defined(), { ...known(), devices, mmio64MiB: 1024 }, METADATA);
    const kept: (string | RegExp)[] = [
      `<uuid>${UUID}</uuid>`,
      "<title>ours</title>",
      "<description>\n two lines &amp; more\n</description>",
      /<x:app xmlns:x="http:\/\/example.com\/x">\s*<x:note of="a&#10;b">keep<\/x:note>/,
      '<loader readonly="yes" type="pflash">/fw/code.fd</loader>',
      '<nvram template="/fw/vars.fd">/nvram/vm.fd</nvram>',
      'check="none"',
      "<on_crash>preserve</on_crash>",
      '<model type="e1000"/>',
      "<total_bytes_sec>1000000</total_bytes_sec>",
      '<mac address="52:54:00:12:34:56"/>',
      '<boot order="3"/>',
      "<currentMemory",
      /name=opt\/user,string=1"\/>[\s\S]*string=1024"\/>/,
    ];
    for (const text of kept) assert.match(xml, typeof text === "string" ? new RegExp(quote(text)) : text);
    assert.match(xml, /<watchdog model="i6300esb" action="reset"\/>/, "without its address on a bus that libvirt made");
    const counts = [/<watchdog/g, /type="usb"/g, /-fw_cfg/g, /string=262144/g].map(
      (text) => xml.match(text)?.length ?? 0,
    );
    assert.deepEqual(counts, [1, 1, 2, 0]);
    assert.deepEqual(checkGuest(xml).problems, []);
  });

  it("drops what hung on a removed device", () => {
    const { [GPU]: _, ...devices } = known().devices;
    const xml = redefineDomain(defined(), { ...known(), devices, disks: {} }, METADATA);
    assert.doesNotMatch(xml, /iotune|<disk|boot order/);
    assert.deepEqual([...checkGuest(xml).devices.keys()].sort(), Object.keys(devices).sort());
  });

  it("mends devices that were added or changed behind its back", () => {
    const byHand = edit(
      defined(),
      [
        "<memballoon",
        `<interface type='network'><mac address='52:54:00:aa:bb:cc'/><source network='other'/></interface><memballoon`,
      ],
      [
        "<memballoon",
        `<disk type='file' device='disk'><source file='/tmp/b'/><target dev='vdb' bus='virtio'/></disk><memballoon`,
      ],
      ["<memballoon", `<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk><memballoon`],
      [/<alias name="ua-0000-18-00-0"\/>/, ""],
    );
    const seen = readDomain(byHand);
    assert.deepEqual(Object.keys(seen.interfaces), ["lan", "52-54-00-aa-bb-cc"]);
    assert.deepEqual(Object.keys(seen.disks), ["root", "vdb"]);
    const xml = redefineDomain(byHand, known(), METADATA);
    assert.deepEqual(readDomain(xml), known());
    assert.match(xml, /device="cdrom"/);
    assert.deepEqual(checkGuest(xml).problems, []);
  });

  it("lets libvirt fill in anew what follows from a changed value", () => {
    const { mode, ...cpu } = known().cpu;
    const cells = { ...known().cells, 0: { ...known().cells[0], memoryMiB: 4096 } } as DomainDocument["cells"];
    const xml = redefineDomain(
      defined(),
      { ...known(), firmware: "bios", cpu: { ...cpu, mode: "host-model" }, cells },
      METADATA,
    );
    assert.equal(mode, "host-passthrough");
    assert.doesNotMatch(xml, /currentMemory|<nvram|<loader|migratable|firmware/);
    const { firmware, cells: read } = readDomain(xml);
    assert.deepEqual([firmware, read[0]?.memoryMiB], ["bios", 4096]);
  });

  it("keeps QEMU arguments of others when the window goes, and puts the window beside them", () => {
    const { mmio64MiB: _, ...without } = known();
    const xml = redefineDomain(defined(), without, METADATA);
    assert.match(xml, /opt\/user/);
    assert.doesNotMatch(xml, /X-PciMmio64Mb/);
    assert.equal(readDomain(redefineDomain(xml, known(), METADATA)).mmio64MiB, 262144);
  });
});

const quote = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
