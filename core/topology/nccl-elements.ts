import { XMLParser } from "fast-xml-parser";
import { Refusal } from "../problems";

/** An XML element: attributes are texts, child elements of the names below are lists, in document order. */
export interface XmlElement {
  readonly [name: string]: string | readonly XmlElement[] | XmlElement | undefined;
}

const LISTS = ["system", "cpu", "pci"];

/**
 * The `<system>` elements of well-formed XML. Texts stay texts; entities are not expanded.
 * @throws Refusal where the parser takes names or values for an attack
 */
export function parseSystems(xml: string): readonly XmlElement[] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseAttributeValue: false,
    parseTagValue: false,
    processEntities: false,
    isArray: (name, _path, _isLeaf, isAttribute) => !isAttribute && LISTS.includes(name),
  });
  try {
    return elements(parser.parse(xml) as XmlElement, "system");
  } catch (error) {
    const message = `the XML cannot be read: ${(error as Error).message.slice(0, 200)}; give NCCL's own topology file`;
    throw new Refusal([{ path: "", message }]);
  }
}

/** Child elements of a name; none where there are none. An element without attributes and content parses to "". */
export function elements(element: XmlElement, name: string): readonly XmlElement[] {
  const value = element[name];
  return Array.isArray(value)
    ? value.map((child: XmlElement | string) => (typeof child === "string" ? {} : child))
    : [];
}

export function attribute(element: XmlElement, name: string): string | undefined {
  const value = element[`@${name}`];
  return typeof value === "string" ? value : undefined;
}
