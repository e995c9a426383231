import { child, descend, element, type XmlElement } from "./element";

/** Namespace of our element in libvirt's `<metadata>`, which takes one element per namespace. */
const NAMESPACE = "urn:pulumi-gpudirect:domain:1";
const ELEMENT = "gpudirect:domain";

/** Records which stack made the domain, so that another one does not take it over. */
export function renderOwner(owner: string | undefined): XmlElement[] {
  if (owner === undefined) return [];
  const content = [element("gpudirect:owner", {}, owner)];
  return [element("metadata", {}, [element(ELEMENT, { "xmlns:gpudirect": NAMESPACE }, content)])];
}

export const readOwner = (domain: XmlElement): string | undefined =>
  descend(child(domain, "metadata"), ELEMENT, "gpudirect:owner")?.text;
