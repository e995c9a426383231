import { XMLParser } from "fast-xml-parser";

/** Address of a device in a domain XML; `bus` is the index of a PCI controller, not a bus number. */
export interface XmlPlace {
  readonly bus: number;
  readonly slot: number;
  readonly fn: number;
  readonly multifunction: boolean;
}

export interface XmlController {
  readonly index: number;
  readonly model: string;
  readonly busNr?: number | undefined;
  readonly node?: number | undefined;
  readonly chassis?: number | undefined;
  readonly at?: XmlPlace | undefined;
}

/** A device with a PCI address; `host` is the host address it stands for, if any. */
export interface XmlEndpoint extends XmlPlace {
  readonly tag: string;
  readonly host: string | undefined;
}

export interface GuestDomain {
  readonly controllers: XmlController[];
  readonly endpoints: XmlEndpoint[];
  readonly cells: number[];
  readonly problems: string[];
}

type Element = Record<string, unknown>;

/** Reads what the checks need of a libvirt domain XML. */
export function readGuestDomain(xml: string): GuestDomain {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
  });
  const domain = list(parser.parse(xml) as Element, "domain")[0] ?? {};
  const devices = list(domain, "devices")[0] ?? {};
  const problems: string[] = [];
  const controllers = list(devices, "controller")
    .filter((element) => element["@type"] === "pci")
    .map((element): XmlController => {
      const target = list(element, "target")[0] ?? {};
      return {
        index: number(element["@index"]) ?? Number.NaN,
        model: String(element["@model"]),
        busNr: number(target["@busNr"]),
        chassis: number(target["@chassis"]),
        node: number(text(target, "node")),
        at: placeOf(element),
      };
    });
  const endpoints = Object.keys(devices)
    .filter((tag) => !tag.startsWith("@") && !tag.startsWith("#"))
    .flatMap((tag) =>
      list(devices, tag)
        .filter((element) => !(tag === "controller" && element["@type"] === "pci"))
        .flatMap((element) => endpointOf(tag, element, problems)),
    );
  const cells = list(list(list(domain, "cpu")[0] ?? {}, "numa")[0] ?? {}, "cell").map(
    (cell, index) => number(cell["@id"]) ?? index,
  );
  return { controllers, endpoints, cells, problems };
}

function endpointOf(tag: string, element: Element, problems: string[]): XmlEndpoint[] {
  const source = list(list(element, "source")[0] ?? {}, "address")[0];
  const isPassthrough = tag === "hostdev" && element["@type"] === "pci" && source !== undefined;
  const passed = isPassthrough ? hostAddress(source) : undefined;
  const alias = String(list(element, "alias")[0]?.["@name"] ?? "");
  const match = /^ua-([0-9a-f]{4,8})-([0-9a-f]{2})-([0-9a-f]{2})-([0-7])$/.exec(alias);
  const stoodFor = match ? `${match[1]}:${match[2]}:${match[3]}.${match[4]}` : undefined;
  if (passed && stoodFor && passed !== stoodFor) problems.push(`hostdev ${passed} has the alias of ${stoodFor}`);
  const host = passed ?? stoodFor;
  const place = placeOf(element);
  if (place) return [{ ...place, tag, host }];
  if (host) problems.push(`${host}: has no guest PCI address`);
  return [];
}

function placeOf(element: Element): XmlPlace | undefined {
  const address = list(element, "address").find((candidate) => candidate["@type"] === "pci");
  if (!address) return undefined;
  return {
    bus: number(address["@bus"]) ?? Number.NaN,
    slot: number(address["@slot"]) ?? Number.NaN,
    fn: number(address["@function"]) ?? 0,
    multifunction: address["@multifunction"] === "on",
  };
}

function hostAddress(source: Element): string {
  const digits = (name: string, width: number) => (number(source[`@${name}`]) ?? 0).toString(16).padStart(width, "0");
  return `${digits("domain", 4)}:${digits("bus", 2)}:${digits("slot", 2)}.${number(source["@function"]) ?? 0}`;
}

function list(element: Element, name: string): Element[] {
  const value = element[name];
  return Array.isArray(value)
    ? value.map((child) => (typeof child === "object" && child ? child : { "#text": child }))
    : [];
}

function text(element: Element, name: string): unknown {
  return list(element, name)[0]?.["#text"];
}

/** libvirt writes numbers as `10` or `0x0a`. */
function number(value: unknown): number | undefined {
  return typeof value === "string" && /^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : undefined;
}
