import type { Owner } from "../../ownership/owner";
import { child, descend, element, type XmlElement } from "./element";

/** Namespace of our element in libvirt's `<metadata>`, which takes one element per namespace. */
const NAMESPACE = "urn:pulumi-gpudirect:domain:1";
const ELEMENT = "gpudirect:domain";
const OWNER = "gpudirect:owner";
const MAINTENANCE = "gpudirect:maintenance";

export const maintenancePolicies = ["refuse", "shutdown"] as const;
/** What a maintenance of the host may do with a domain while it runs. */
export type MaintenancePolicy = (typeof maintenancePolicies)[number];

/** What a domain says of itself, for other stacks and for whoever maintains the host. */
export interface DomainMetadata {
  readonly owner?: Owner | undefined;
  readonly maintenance?: MaintenancePolicy | undefined;
}

/** The `<metadata>` element; none where there is no metadata at all. */
export function renderMetadata(metadata: DomainMetadata | undefined): XmlElement[] {
  if (metadata === undefined) return [];
  const { owner, maintenance } = metadata;
  const content: XmlElement[] = [];
  if (owner) content.push(element(OWNER, { ...owner, urn: owner.urn.replace(NOT_IN_XML, "\ufffd") }));
  if (maintenance !== undefined) content.push(element(MAINTENANCE, {}, maintenance));
  const ours = content.length === 0 ? [] : [element(ELEMENT, { "xmlns:gpudirect": NAMESPACE }, content)];
  return [element("metadata", {}, ours)];
}

/** Characters that XML 1.0 (2.2, Char) cannot hold: names of Pulumi resources, so URNs, may have any. */
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** What a domain's `<metadata>` says; undefined where it has none, empty where only others wrote there. */
export function readMetadata(domain: XmlElement): DomainMetadata | undefined {
  const metadata = child(domain, "metadata");
  if (!metadata) return undefined;
  const { stack, urn, claim } = descend(metadata, ELEMENT, OWNER)?.attributes ?? {};
  const policy = descend(metadata, ELEMENT, MAINTENANCE)?.text?.trim();
  const maintenance = maintenancePolicies.find((known) => known === policy);
  return {
    ...(stack === undefined || urn === undefined || claim === undefined ? {} : { owner: { stack, urn, claim } }),
    ...(maintenance === undefined ? {} : { maintenance }),
  };
}
