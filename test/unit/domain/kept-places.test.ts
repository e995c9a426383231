import assert from "node:assert/strict";
import type { DomainDocument } from "../../../core/domain/document";
import { readDomain, redefineDomain, renderDomain } from "../../../core/domain/domain-xml";
import { child, parseXml, type XmlElement } from "../../../core/domain/xml/element";
import { isPciController, readPciAddress } from "../../../core/domain/xml/pci-address";
import { checkGuest } from "../../support/guest-checker";
import { GPU, sample } from "./samples";

const METADATA = { maintenance: "refuse" } as const;
const address = (bus: number, slot: number, fn = 0, more = "") =>
  `<address type='pci' domain='0x0000' bus='${bus}' slot='${slot}' function='${fn}' ${more}/>`;
const rootPort = (index: number, fn: number, more = "") =>
  `<controller type='pci' index='${index}' model='pcie-root-port'><target chassis='${index}' port='${8 + fn}'/>${address(0, 1, fn, more)}</controller>`;
const NEXT = (renderDomain(sample()).match(/type="pci" index=/g) ?? []).length;

/** As libvirt 9.0 lays out devices that were added by hand: the bridge before the port that it hangs on. */
const BY_HAND = [
  `<controller type='pci' index='${NEXT}' model='pcie-to-pci-bridge'>${address(NEXT + 1, 0)}</controller>`,
  rootPort(NEXT + 1, 0, "multifunction='on'"),
  rootPort(NEXT + 2, 1),
  `<controller type='sata' index='0'>${address(0, 31, 2)}</controller>`,
  `<watchdog model='i6300esb'>${address(NEXT, 1)}</watchdog>`,
  `<sound model='ich9'>${address(0, 27)}</sound>`,
  `<rng model='virtio'><backend model='random'>/dev/urandom</backend>${address(NEXT + 2, 0)}</rng>`,
].join("");
const defined = (added = BY_HAND): string => renderDomain(sample()).replace("<memballoon", `${added}<memballoon`);
const redefined = (present: string, change: (document: DomainDocument) => DomainDocument): string =>
  redefineDomain(present, change(readDomain(present)), METADATA);

/** Slot and function on each bus from pcie.0 down, of each device of those names. */
function places(xml: string, ...names: string[]): string[] {
  const devices = child(parseXml(xml), "devices") as XmlElement;
  const controllers = devices.children.filter(isPciController);
  const indices = controllers.map(({ attributes }) => Number(attributes.index));
  assert.deepEqual(
    [...indices].sort((a, b) => a - b),
    [...indices.keys()],
    "indices have no gaps and are unique",
  );
  const chassis = controllers.map((one) => child(one, "target")?.attributes.chassis).filter((one) => one !== undefined);
  assert.equal(new Set(chassis).size, chassis.length, "chassis are unique");
  const place = (device: XmlElement | undefined): string => {
    const at = device && readPciAddress(device);
    if (!at) return "";
    return `${place(controllers.find(({ attributes }) => Number(attributes.index) === at.index))}/${at.slot}.${at.function}`;
  };
  return devices.children.filter(({ name }) => names.includes(name)).map((device) => `${device.name} ${place(device)}`);
}

describe("guest addresses of devices that the document does not model", () => {
  const all = (xml: string) => places(xml, "watchdog", "sound", "rng").sort();
  const before = ["rng /1.1/0.0", "sound /27.0", "watchdog /1.0/0.0/1.0"];

  it("are as they were after each redefine", () => {
    assert.deepEqual(all(defined()), before);
    const same = redefined(defined(), (document) => document);
    assert.deepEqual(all(same), before);
    assert.equal(
      redefined(same, (document) => document),
      same,
    );
    assert.match(same, /<controller type="sata" index="0">\s*<address[^>]*slot="31" function="2"/);
  });

  it("stay when controllers are counted anew: more disks, and fewer devices", () => {
    const disk = { source: { file: "/images/b.raw" }, format: "raw", readOnly: false } as const;
    const grown = redefined(defined(), (document) => ({ ...document, disks: { ...document.disks, a: disk, b: disk } }));
    assert.deepEqual(all(grown), before);
    const shrunk = redefined(grown, ({ devices: { [GPU]: _, ...devices }, ...document }) => ({
      ...document,
      devices,
      disks: {},
    }));
    assert.deepEqual(all(shrunk), before);
    for (const xml of [grown, shrunk]) assert.deepEqual(checkGuest(xml).problems, []);
  });

  it("are libvirt's to assign where the document takes the place", () => {
    const added = `<controller type='pci' index='${NEXT}' model='pcie-root-port'><target chassis='1' port='24'/>${address(0, 3)}</controller><rng model='virtio'><backend model='random'>/dev/urandom</backend>${address(NEXT, 0)}</rng><sound model='ich9'>${address(0, 8)}</sound>`;
    const kept = redefined(defined(added), (document) => document);
    assert.deepEqual(places(kept, "rng", "sound"), ["rng /3.0/0.0", "sound /8.0"]);
    const taken = redefined(defined(added), (document) => {
      const bus = { ...document.expanderBuses["0000:15"], slot: 8 } as DomainDocument["expanderBuses"][string];
      const lan = { network: "default", rootPort: 8 };
      return { ...document, interfaces: { lan }, expanderBuses: { ...document.expanderBuses, "0000:15": bus } };
    });
    assert.deepEqual(places(taken, "rng", "sound"), ["rng ", "sound "]);
  });

  it("are libvirt's to assign below expander buses, where one more port would move planned bus numbers", () => {
    const expander = Number(/index="(\d+)" model="pcie-expander-bus"/.exec(renderDomain(sample()))?.[1]);
    const added = `<controller type='pci' index='${NEXT}' model='pcie-root-port'><target chassis='250' port='9'/>${address(expander, 9)}</controller><rng model='virtio'><backend model='random'>/dev/urandom</backend>${address(NEXT, 0)}</rng>`;
    const xml = redefined(defined(added), (document) => document);
    assert.deepEqual(places(xml, "rng"), ["rng "]);
    assert.doesNotMatch(xml, /chassis="250"/);
  });
});

describe("what a document leaves to libvirt", () => {
  it("is kept when the domain is redefined: uuid, MAC addresses, root ports", () => {
    const uuid = "5a6f3c1e-0000-4000-8000-000000000001";
    const present = renderDomain({ ...sample(), uuid });
    const { lan } = readDomain(present).interfaces;
    const open = { ...sample(), interfaces: { a: { network: "x" }, lan: { network: "default" } } };
    const after = readDomain(redefineDomain(present, open, METADATA));
    assert.equal(after.uuid, uuid);
    assert.deepEqual(after.interfaces.lan, lan);
    assert.notEqual(after.interfaces.a?.rootPort, lan?.rootPort);
  });

  it("is given up where the document gives it to something else", () => {
    const present = renderDomain(sample());
    const { mac, rootPort } = readDomain(present).interfaces.lan ?? {};
    const other = { network: "x", mac, rootPort };
    const swapped = { ...sample(), interfaces: { lan: { network: "default" }, other } };
    const { interfaces } = readDomain(redefineDomain(present, swapped, METADATA));
    assert.deepEqual(interfaces.other, other);
    assert.equal(interfaces.lan?.mac, undefined);
    assert.notEqual(interfaces.lan?.rootPort, rootPort);
  });
});
