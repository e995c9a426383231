import { keptPlaces } from "./kept-places";
import { addressAlias, namedAlias } from "./xml/alias";
import { diskName } from "./xml/disks";
import { child, type XmlElement } from "./xml/element";
import { interfaceName } from "./xml/interfaces";
import { passthroughAddress } from "./xml/passthrough";
import { isPciAddress, isPciController } from "./xml/pci-address";

/**
 * Keeps what a document does not model. `observed` is a domain's present XML, `modelled` what the document read from it
 * renders to, `wanted` what the new document renders to. Whatever `observed` has and `modelled` lacks is ours to keep:
 * it goes back to its place in `wanted`, or is gone with the element that held it. An element that the document does
 * not change stays as it is, even where `modelled` would spell it otherwise.
 */
export function carryUnmodelled(observed: XmlElement, modelled: XmlElement, wanted: XmlElement): XmlElement {
  const [inObserved, inModelled] = [byIdentity(observed), byIdentity(modelled)];
  const children = [...byIdentity(wanted)].map(([identity, element]) => {
    const [before, model] = [inObserved.get(identity), inModelled.get(identity)];
    return before && model && !isPlace(element) ? carryUnmodelled(before, model, element) : element;
  });
  const stale = staleIn(modelled, wanted);
  const places = wanted.name === "devices" ? keptPlaces(observed, modelled, wanted) : undefined;
  for (const [identity, element] of inObserved) {
    if (inModelled.has(identity) || isPciController(element) || stale.includes(element.name)) continue;
    children.push(places ? places.atItsPlace(element) : element);
  }
  children.push(...(places?.controllers ?? []));
  const isSame = sameHead(modelled, wanted);
  const kept = Object.entries(observed.attributes).filter(
    ([name]) => !(name in modelled.attributes) && !stale.includes(`@${name}`),
  );
  const text = isSame ? observed.text : wanted.text;
  return {
    name: wanted.name,
    attributes: { ...Object.fromEntries(kept), ...wanted.attributes, ...(isSame ? observed.attributes : {}) },
    children,
    ...(text === undefined || children.length ? {} : { text }),
  };
}

const sameHead = (a: XmlElement, b: XmlElement): boolean =>
  a.text === b.text && JSON.stringify(a.attributes) === JSON.stringify(b.attributes);

/** What libvirt filled in for a value of ours, and fills in anew when that value changes. */
const FILLED_IN: readonly { element: string; from: (element: XmlElement) => string | undefined; filled: string[] }[] = [
  { element: "domain", from: (domain) => child(domain, "memory")?.text, filled: ["currentMemory"] },
  { element: "os", from: (os) => os.attributes.firmware, filled: ["loader", "nvram", "firmware"] },
  { element: "cpu", from: (cpu) => cpu.attributes.mode, filled: ["@check", "@migratable"] },
];

const staleIn = (modelled: XmlElement, wanted: XmlElement): string[] =>
  FILLED_IN.filter(({ element, from }) => element === wanted.name && from(modelled) !== from(wanted)).flatMap(
    ({ filled }) => filled,
  );

/** Addresses name controllers by index, and those are counted anew; so neither keeps anything of before. */
const isPlace = (element: XmlElement): boolean => isPciController(element) || isPciAddress(element);

/** Children by what names them: user alias, the attribute that counts them, else their position among their like. */
function byIdentity(parent: XmlElement): Map<string, XmlElement> {
  const children = new Map<string, XmlElement>();
  const positions = new Map<string, number>();
  for (const element of parent.children) {
    const named = identityOf(element);
    const base = `${element.name} ${named ?? ""}`;
    const position = positions.get(base) ?? 0;
    positions.set(base, position + 1);
    children.set(`${base} ${position}`, element);
  }
  return children;
}

const COUNTED_BY: Record<string, string> = { cell: "id", sibling: "id", memnode: "cellid", vcpupin: "vcpu" };

function identityOf(element: XmlElement): string | undefined {
  const alias = child(element, "alias")?.attributes.name ?? aliasInDocument(element);
  if (alias?.startsWith("ua-")) return alias;
  const counter = COUNTED_BY[element.name];
  if (counter !== undefined) return element.attributes[counter];
  if (element.name === "controller") return `${element.attributes.type} ${element.attributes.index ?? "0"}`;
  if (element.name === "channel") return child(element, "target")?.attributes.name;
  return undefined;
}

/** Alias that a device without one, such as one added behind our back, has once it went through the document. */
function aliasInDocument(device: XmlElement): string | undefined {
  const address = passthroughAddress(device);
  if (address !== undefined) return addressAlias(address).attributes.name;
  const disk = diskName(device);
  if (disk !== undefined) return namedAlias("disk", disk).attributes.name;
  const nic = interfaceName(device);
  return nic === undefined ? undefined : namedAlias("net", nic).attributes.name;
}
