import type { CardQuery, ShownParameter } from "./card-query";
import { parseQueryJson } from "./query-json";
import { parseQueryText } from "./query-text";
import { serialNumberIn } from "./serial-number";

/** A PCI function of the host. Ids are lower-case hexadecimal without 0x. */
export interface HostFunction {
  readonly vendor: string;
  readonly device: string;
  /** Class, subclass and interface: 020000 is an Ethernet controller. */
  readonly class: string;
  /** Whether it is a virtual function of SR-IOV. */
  readonly virtual: boolean;
}

/** What the tool said of one card. */
export interface CardAnswer {
  /** Absent where the tool could not read the card. */
  readonly query?: CardQuery;
  /** What it said instead, in its words, or why its answer is not understood. */
  readonly error?: string;
  /** Of the card's vital product data; absent where these cannot be read. */
  readonly serialNumber?: string;
  /** Elements of arrays that were asked for by name; a text says why one could not be read. */
  readonly elements: ReadonlyMap<string, ShownParameter | string>;
  /** Names that the tool on this host knows; absent where nobody asked. */
  readonly listed?: readonly string[];
}

/** NIC firmware of a host, as one look finds it. */
export interface HostReading {
  /** `mstconfig` or `mlxconfig`; absent where the host has neither. */
  readonly tool?: string;
  readonly toolVersion?: string;
  /** Mode of the kernel: `none`, `integrity` or `confidentiality`. */
  readonly lockdown: string;
  readonly functions: ReadonlyMap<string, HostFunction>;
  /** By address of function 0: those that were asked. */
  readonly cards: ReadonlyMap<string, CardAnswer>;
  /** By address of function 0: who holds the cards that were not asked. */
  readonly holders: ReadonlyMap<string, string>;
  /** Version and PSID of running firmware, by address; the kernel knows them of cards that its driver is bound to. */
  readonly firmware: ReadonlyMap<string, { readonly version?: string; readonly psid?: string }>;
}

interface Part {
  readonly name: string;
  readonly operands: readonly string[];
  readonly body: string;
}

/**
 * What `observeScript` printed.
 * @throws Error where it is cut off. What is not understood of one card is that card's error.
 */
export function parseHostReading(printed: string): HostReading {
  const parts = printed.split("\u0001").slice(1).map(partOf);
  if (parts.at(-1)?.name !== "end") throw new Error("the answer is cut off");
  const one = (name: string): Part | undefined => parts.find((part) => part.name === name);
  const tool = one("tool");
  const version = /mstflint ([\d.]+)|mft ([\d.-]+)/.exec(tool?.body ?? "");
  return {
    ...(tool?.operands[0] ? { tool: tool.operands[0] } : {}),
    ...(version ? { toolVersion: version[1] ?? version[2] ?? "" } : {}),
    lockdown: /\[(\w+)\]/.exec(one("lockdown")?.body ?? "")?.[1] ?? "none",
    functions: functionsIn(one("attributes")?.body ?? "", one("links")?.body ?? ""),
    cards: new Map(parts.filter(({ name }) => name === "said").map((said) => cardOf(said, parts))),
    holders: new Map(parts.filter(({ name }) => name === "held").map((held) => holderOf(held, parts))),
    firmware: firmwareIn(one("firmware")?.body ?? ""),
  };
}

function partOf(text: string): Part {
  const end = text.indexOf("\n");
  const [name = "", ...operands] = text.slice(0, end).split(" ");
  return { name, operands, body: text.slice(end + 1) };
}

/** Lines `ADDRESS/ATTRIBUTE:VALUE`, and `ls -l` lines of the links to physical functions. */
function functionsIn(attributes: string, links: string): Map<string, HostFunction> {
  const values = new Map<string, string>();
  for (const [, key = "", value = ""] of attributes.matchAll(/^([^/\n]+\/\w+):0x([0-9a-f]+)$/gm)) {
    values.set(key, value);
  }
  const virtual = new Set([...links.matchAll(/ (\S+)\/physfn -> /g)].map(([, address]) => address));
  const addresses = [...values.keys()].filter((key) => key.endsWith("/vendor")).map((key) => key.slice(0, -7));
  return new Map(
    addresses.map((address) => [
      address,
      {
        vendor: values.get(`${address}/vendor`) ?? "",
        device: values.get(`${address}/device`) ?? "",
        class: values.get(`${address}/class`) ?? "",
        virtual: virtual.has(address),
      },
    ]),
  );
}

function firmwareIn(body: string): HostReading["firmware"] {
  const found = new Map<string, { version?: string; psid?: string }>();
  for (const [, address = "", file, value = ""] of body.matchAll(
    /^([^/\n]+)\/infiniband\/[^/]+\/(fw_ver|board_id):(.+)$/gm,
  )) {
    const facts = file === "fw_ver" ? { version: value.trim() } : { psid: value.trim() };
    found.set(address, { ...found.get(address), ...facts });
  }
  return found;
}

/** A domain by QEMU's argument `-name guest=NAME,debug-threads=on` (commas of the name are doubled), else the process. */
function holderOf({ operands, body }: Part, parts: readonly Part[]): [string, string] {
  const [address = "", pid = ""] = operands;
  const [, name] = /^(?:guest=)?((?:[^,\n]|,,)+)/.exec(body.trim()) ?? [];
  if (name !== undefined) return [address, `domain ${name.replaceAll(",,", ",")}`];
  const command = parts.find((part) => part.name === "process" && part.operands[0] === pid)?.body.trim();
  return [address, command ? `process ${pid} (${command})` : `process ${pid}`];
}

function cardOf(said: Part, parts: readonly Part[]): [string, CardAnswer] {
  const [address = "", status] = said.operands;
  const of = (name: string): Part[] => parts.filter((part) => part.name === name && part.operands[0] === address);
  const elements = of("element").map(({ operands: [, name = ""], body }) => [name, elementOf(name, body)] as const);
  const [[json], [listing], [vpd]] = [of("json"), of("listing"), of("vpd")];
  const serialNumber = serialNumberIn(vpd?.body ?? "");
  const answer: CardAnswer = {
    elements: new Map(elements),
    ...(listing ? { listed: [...listing.body.matchAll(/^ +([A-Za-z]\w*)=</gm)].map(([, name = ""]) => name) } : {}),
    ...(serialNumber === undefined ? {} : { serialNumber }),
  };
  // A query that ends with an error may have shown half a table, or left half a file.
  if (status !== "0") return [address, { ...answer, error: errorIn(said.body) }];
  const query = understood(() => (json ? parseQueryJson(json.body) : parseQueryText(said.body)));
  if (query === undefined) return [address, { ...answer, error: errorIn(said.body) }];
  return [address, { ...answer, ...(typeof query === "string" ? { error: query } : { query }) }];
}

function elementOf(name: string, body: string): ShownParameter | string {
  const query = understood(() => parseQueryText(body));
  return typeof query === "string" ? query : (query?.parameters.get(name) ?? errorIn(body));
}

/** What was understood, or why it was not. */
function understood<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (cause) {
    return `its answer is not understood: ${(cause as Error).message}`;
  }
}

/** The tool's own words: lines behind `-E-`, else all that it printed. */
export function errorIn(output: string): string {
  const errors = [...output.matchAll(/^-E- ((?:.|\n(?!\n|-[EWI]-))+)/gm)].map(([, text = ""]) => text.trim());
  const words = errors.length > 0 ? errors.join("; ") : output.trim().slice(-500);
  return words === "" ? "it printed nothing" : words.replaceAll("\n", " ");
}
