import { XMLBuilder, XMLParser, XMLValidator } from "fast-xml-parser";

/** An XML element with its children in order. Text and children do not mix in what libvirt reads and writes. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  readonly text?: string;
}

type Attributes = Record<string, string | number | undefined>;

/** Builds an element; attributes that are undefined are left out. */
export function element(name: string, attributes: Attributes = {}, content: XmlElement[] | string = []): XmlElement {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) kept[key] = String(value);
  return typeof content === "string"
    ? { name, attributes: kept, children: [], text: content }
    : { name, attributes: kept, children: content };
}

/** First child of that name. */
export const child = (parent: XmlElement | undefined, name: string): XmlElement | undefined =>
  parent?.children.find((candidate) => candidate.name === name);
export const childrenOf = (parent: XmlElement | undefined, name: string): XmlElement[] =>
  parent?.children.filter((candidate) => candidate.name === name) ?? [];
/** Follows a path of first children. */
export const descend = (parent: XmlElement | undefined, ...names: string[]): XmlElement | undefined =>
  names.reduce<XmlElement | undefined>((current, name) => child(current, name), parent);

/** A node as fast-xml-parser's `preserveOrder` shape has it: `{ NAME: children, ":@": attributes }` or `{ "#text" }`. */
type OrderedNode = Record<string, unknown>;
const ATTRIBUTES = ":@";
const TEXT = "#text";
const FORMAT = { preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: "" } as const;

export function formatXml(root: XmlElement): string {
  const builder = new XMLBuilder({ ...FORMAT, format: true, indentBy: "  ", suppressEmptyNode: true });
  return `${String(builder.build([toOrdered(root)])).trim()}\n`;
}

/** Reads XML that libvirt wrote. Throws an Error that says what is malformed; never for what a user sends. */
export function parseXml(text: string): XmlElement {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`malformed XML at line ${valid.err.line}: ${valid.err.msg}`);
  const parser = new XMLParser({ ...FORMAT, parseTagValue: false, parseAttributeValue: false, trimValues: true });
  const nodes = (parser.parse(text) as OrderedNode[]).map(fromOrdered).filter((node) => node !== undefined);
  const root = nodes.find((node) => !node.name.startsWith("?"));
  if (!root) throw new Error("malformed XML: no root element");
  return root;
}

function toOrdered(node: XmlElement): OrderedNode {
  const content = node.text === undefined ? node.children.map(toOrdered) : [{ [TEXT]: node.text }];
  return { [node.name]: content, [ATTRIBUTES]: node.attributes };
}

function fromOrdered(node: OrderedNode): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (name === undefined || name === TEXT) return undefined;
  const content = node[name] as OrderedNode[];
  const attributes = { ...(node[ATTRIBUTES] as Record<string, string> | undefined) };
  const children = content.map(fromOrdered).filter((inner) => inner !== undefined);
  const text = content.find((inner) => TEXT in inner)?.[TEXT];
  return children.length === 0 && text !== undefined
    ? { name, attributes, children, text: String(text) }
    : { name, attributes, children };
}
