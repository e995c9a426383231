import { child, type XmlElement } from "./xml/element";
import { readPciAddress } from "./xml/pci-address";

/**
 * Keeps what a document does not model. `observed` is a domain's present XML, `modelled` what the document read from it
 * renders to, `wanted` what the new document renders to. Whatever `observed` has and `modelled` lacks is ours to keep:
 * it goes back to its place in `wanted`, or is gone with the element that held it.
 */
export function carryUnmodelled(observed: XmlElement, modelled: XmlElement, wanted: XmlElement): XmlElement {
  const kept = Object.entries(observed.attributes).filter(([name]) => !(name in modelled.attributes));
  const attributes = { ...Object.fromEntries(kept), ...wanted.attributes };
  const [inObserved, inModelled] = [byIdentity(observed), byIdentity(modelled)];

  const children = [...byIdentity(wanted)].map(([identity, element]) => {
    const [before, model] = [inObserved.get(identity), inModelled.get(identity)];
    return before && model && !isPciController(element) ? carryUnmodelled(before, model, element) : element;
  });
  for (const [identity, element] of inObserved) {
    if (!inModelled.has(identity) && !isPciController(element)) children.push(withoutMovedAddress(element));
  }
  const text = wanted.text;
  return { name: wanted.name, attributes, children, ...(text === undefined || children.length ? {} : { text }) };
}

/** libvirt adds PCI controllers for devices that need one, with an index after ours; it does so again at each define. */
const isPciController = ({ name, attributes }: XmlElement): boolean =>
  name === "controller" && attributes.type === "pci";

/** Controller indices move with the tree: only an address on pcie.0 (index 0) stays true, libvirt assigns the others. */
function withoutMovedAddress(element: XmlElement): XmlElement {
  const address = readPciAddress(element);
  if (!address || address.index === 0) return element;
  return { ...element, children: element.children.filter((inner) => inner.attributes.type !== "pci") };
}

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
  const alias = child(element, "alias")?.attributes.name;
  if (alias?.startsWith("ua-")) return alias;
  const counter = COUNTED_BY[element.name];
  if (counter !== undefined) return element.attributes[counter];
  if (element.name === "controller") return `${element.attributes.type} ${element.attributes.index ?? ""}`;
  if (element.name === "channel") return child(element, "target")?.attributes.name;
  return undefined;
}
