import type { DomainDocument } from "./document";

type Assigned = Pick<DomainDocument, "uuid" | "disks" | "interfaces">;

/**
 * The document with what libvirt or an earlier define chose, where it leaves that open: uuid (libvirt takes another one
 * for another domain), MAC addresses, root ports. What the document itself gives to something else stays with that.
 */
export function withAssigned(document: DomainDocument, before: Assigned): DomainDocument {
  const { disks, interfaces } = document;
  const uuid = document.uuid ?? before.uuid;
  const ports = new Set([...Object.values(disks), ...Object.values(interfaces)].map(({ rootPort }) => rootPort));
  const macs = new Set(Object.values(interfaces).map(({ mac }) => mac));
  return {
    ...document,
    ...(uuid === undefined ? {} : { uuid }),
    disks: mapEntries(disks, (disk, name) => withChosen(disk, before.disks[name], "rootPort", ports)),
    interfaces: mapEntries(interfaces, (nic, name) =>
      withChosen(withChosen(nic, before.interfaces[name], "mac", macs), before.interfaces[name], "rootPort", ports),
    ),
  };
}

function withChosen<T extends object, K extends keyof T>(
  entry: T,
  before: T | undefined,
  field: K,
  taken: ReadonlySet<unknown>,
): T {
  const chosen = before?.[field];
  return entry[field] !== undefined || chosen === undefined || taken.has(chosen)
    ? entry
    : { ...entry, [field]: chosen };
}

const mapEntries = <T>(entries: Record<string, T>, change: (entry: T, name: string) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, change(entry, name)]));
