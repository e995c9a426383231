import { child, element, type XmlElement } from "./element";

/**
 * libvirt keeps a user's alias through every redefine when it begins with `ua-` and holds letters, digits, `-`, `_`
 * (libvirt formatdomain, "alias"). It carries the document's keys, so that a domain read back is keyed as it was written.
 */
const USER_ALIAS = "ua-";

/** `0000:17:00.0` → `ua-0000-17-00-0`, `0000:15` → `ua-0000-15`. */
export const addressAlias = (address: string): XmlElement =>
  element("alias", { name: USER_ALIAS + address.replace(/[:.]/g, "-") });

/** The address that an alias stands for, when it stands for one. */
export function readAddressAlias(device: XmlElement): string | undefined {
  const name = child(device, "alias")?.attributes.name ?? "";
  const endpoint = /^ua-([0-9a-f]{4,8})-([0-9a-f]{2})-([0-9a-f]{2})-([0-7])$/.exec(name);
  if (endpoint) return `${endpoint[1]}:${endpoint[2]}:${endpoint[3]}.${endpoint[4]}`;
  const root = /^ua-([0-9a-f]{4,8})-([0-9a-f]{2})$/.exec(name);
  return root ? `${root[1]}:${root[2]}` : undefined;
}

/** `disk`, `root` → `ua-disk-root`. */
export const namedAlias = (kind: string, name: string): XmlElement =>
  element("alias", { name: `${USER_ALIAS}${kind}-${name}` });

export function readNamedAlias(device: XmlElement, kind: string): string | undefined {
  const name = child(device, "alias")?.attributes.name ?? "";
  const prefix = `${USER_ALIAS}${kind}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}
