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
  for (const key in attributes) {
    const value = attributes[key];
    if (value !== undefined) kept[key] = String(value);
  }
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
/** Character references are read and written here: the library's own turn `&#10;` into text. */
const FORMAT = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  processEntities: false,
} as const;
const BUILDER = new XMLBuilder({ ...FORMAT, format: true, indentBy: "  ", suppressEmptyNode: true });
const PARSER = new XMLParser({ ...FORMAT, parseTagValue: false, parseAttributeValue: false, trimValues: false });

export const formatXml = (root: XmlElement): string => `${String(BUILDER.build([toOrdered(root)])).trim()}\n`;

function toOrdered({ name, attributes, children, text }: XmlElement): OrderedNode {
  const encoded: Record<string, string> = {};
  for (const key in attributes) encoded[key] = encode(attributes[key] as string, IN_ATTRIBUTE);
  const content = text === undefined ? children.map(toOrdered) : [{ [TEXT]: encode(text, IN_TEXT) }];
  return { [name]: content, [ATTRIBUTES]: encoded };
}

/** Line ends and tabs of an attribute, and carriage returns, are kept only as references (XML 1.0, 2.11 and 3.3.3). */
const IN_ATTRIBUTE = /[&<>"\t\n\r]/g;
const IN_TEXT = /[&<>\r]/g;
const NAMED: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const REFERENCES: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };

const encode = (value: string, special: RegExp): string =>
  value.search(special) < 0 ? value : value.replace(special, (char) => REFERENCES[char] ?? `&#${char.charCodeAt(0)};`);

const decode = (value: string): string =>
  value.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot|apos));/gi, (reference, hex, decimal, named) => {
    if (named !== undefined) return NAMED[named] ?? reference;
    const code = Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : reference;
  });

/** Reads XML that libvirt wrote. Throws an Error that says what is malformed; never for what a user sends. */
export function parseXml(text: string): XmlElement {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw new Error(`malformed XML at line ${valid.err.line}: ${valid.err.msg}`);
  const nodes = (PARSER.parse(text) as OrderedNode[]).map(fromOrdered).filter((node) => node !== undefined);
  const root = nodes.find((node) => !node.name.startsWith("?"));
  if (!root) throw new Error("malformed XML: no root element");
  return root;
}

function fromOrdered(node: OrderedNode): XmlElement | undefined {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
  if (name === undefined || name === TEXT) return undefined;
  const content = node[name] as OrderedNode[];
  const attributes: Record<string, string> = {};
  for (const [key, value] of Object.entries(node[ATTRIBUTES] ?? {})) attributes[key] = decode(String(value));
  const children = content.map(fromOrdered).filter((inner) => inner !== undefined);
  const text = String(content.find((inner) => TEXT in inner)?.[TEXT] ?? "");
  return children.length === 0 && text.trim() !== ""
    ? { name, attributes, children, text: decode(text) }
    : { name, attributes, children };
}
