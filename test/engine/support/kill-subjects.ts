import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Folders } from "./own-folders";
import { HOST } from "./own-machine";
import type { AnyResource } from "./program";
import { smallDomain } from "./settings";
import type { Stack } from "./stack";
import { definitionOf, domains, identityOf } from "./virsh";

/** Whose a thing is, as it is written down on the machine. */
export interface WrittenOwner {
  readonly stack: string;
  readonly urn: string;
  readonly claim: string;
}

interface WrittenRecord {
  readonly owner: WrittenOwner;
  readonly previous: readonly { readonly keys: readonly string[]; readonly value?: unknown }[];
}

/** A thing on the machine that is made and updated while plugins are killed. */
export interface Subject {
  readonly resource: (variant: "first" | "second") => AnyResource;
  /** All of it that is the same after every way to the same place. */
  facts(): unknown;
  /** What stays as it is for as long as it exists. */
  identity(): string | undefined;
  owner(): WrittenOwner | undefined;
}

/** Settings in a file that was there before, over ssh. The second variant leaves a field out, which comes back. */
export function settingsSubject({ root, records }: Folders): Subject {
  const file = join(root, "machine", "settings.json");
  mkdirSync(dirname(file));
  const before = { serial: "s-7", size: 9, owner: "admin", numbers: [1, 2], limits: { cpu: 1 } };
  writeFileSync(file, JSON.stringify(before));
  const first = { host: HOST, file, size: 4, labels: { team: "a" }, limits: { cpu: 2, memory: 8 } };
  const { limits, ...second } = {
    ...first,
    size: 6,
    labels: { team: "b", zone: "c" },
    disks: { data: { sizeGiB: 10 } },
  };
  const record = (): WrittenRecord | undefined => {
    const path = join(records, "records", "settings", `${encodeURIComponent(file)}.json`);
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  };
  const settings = () => JSON.parse(readFileSync(file, "utf8"));
  return {
    resource: (variant) => ({ type: "test:index:Settings", args: variant === "first" ? first : second }),
    facts: () => ({
      settings: settings(),
      record: comparable(record(), settings()),
      // A temporary file would show here.
      files: [...readdirSync(dirname(file)), ...readdirSync(records, { recursive: true })].map(String).sort(),
    }),
    identity: () => undefined,
    owner: () => record()?.owner,
  };
}

/** A domain that is defined and not started, over ssh. */
export function domainSubject(stack: Stack): Subject {
  const name = stack.name("vm");
  const own = () => domains().filter((domain) => domain.startsWith(stack.mark));
  const xml = () => (own().includes(name) ? definitionOf(name) : undefined);
  const first = { ...smallDomain(name), host: HOST };
  const second = { ...first, vcpuPins: { 0: "0", 1: "0" } };
  return {
    resource: (variant) => ({ type: "gpudirect:index:Domain", args: variant === "first" ? first : second }),
    facts: () => ({
      domains: own(),
      xml: xml()
        ?.replace(/<uuid>[^<]*/, "<uuid>")
        .replace(/ claim=["'][^"']*["']/, "")
        .replace(/<mac address=[^>]*>/g, "<mac>"),
    }),
    identity: () => (own().includes(name) ? JSON.stringify(identityOf(definitionOf(name))) : undefined),
    owner: () => {
      const [element = ""] = /<gpudirect:owner [^>]*>/.exec(xml() ?? "") ?? [];
      const attribute = (key: string) => new RegExp(` ${key}=["']([^"']*)["']`).exec(element)?.[1] ?? "";
      return element === ""
        ? undefined
        : { stack: attribute("stack"), urn: attribute("urn"), claim: attribute("claim") };
    },
  };
}

/**
 * A record without what is drawn anew by each create, and of the values from before those that a destroy has to bring
 * back, in no order. (Where a killed update has brought one back, and nothing is left to do, the record goes on naming it.)
 */
function comparable(record: WrittenRecord | undefined, settings: object): unknown {
  if (!record) return undefined;
  const { claim, ...owner } = record.owner;
  const now = (keys: readonly string[]) =>
    keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], settings);
  const gone = record.previous.filter(({ keys, value }) => JSON.stringify(now(keys)) !== JSON.stringify(value));
  return { ...record, owner, previous: gone.map((one) => JSON.stringify(one)).sort() };
}
