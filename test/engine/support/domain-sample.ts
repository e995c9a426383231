import { randomUUID } from "node:crypto";
import { XMLParser } from "fast-xml-parser";
import { domainDocument } from "../../../core/domain/document";
import { renderDomain } from "../../../core/domain/domain-xml";
import { readGuestDomain, type XmlController } from "../../support/guest-domain";
import type { TestMachine } from "./machines";
import { type Args, resourceOf, type Sample, type Thing } from "./sample";
import { smallDomain } from "./settings";
import type { Stack } from "./stack";
import { revealed, secret } from "./values";
import { define, definitionOf, domains, edit } from "./virsh";

type DomainArgs = ReturnType<typeof smallDomain> & { consoleLog: string };

const { devices } = smallDomain("");

/** A domain that is defined and not started. */
export const domainSample: Sample = {
  type: "gpudirect:index:Domain",
  plugin: "gpudirect",
  restores: false,
  update: {
    args: {
      devices: {
        ...devices,
        "0000:18:00.0": { ...devices["0000:18:00.0"], port: 5 },
        "0000:1a:00.0": { ...devices["0000:18:00.0"], port: 6 },
      },
      vcpuPins: { 0: "0-1", 1: "1" },
    },
    paths: ['devices["0000:18:00.0"].port', 'devices["0000:1a:00.0"]', 'vcpuPins["0"]'],
  },
  nested: { path: 'vcpuPins["1"]', beside: 'cells["0"].distances["1"]' },
  thing: (stack, machine, suffix) => new LibvirtDomain(stack, machine, suffix),
};

class LibvirtDomain implements Thing {
  readonly token = randomUUID();
  readonly args: Args;
  readonly id: string;
  private readonly name: string;

  constructor(
    stack: Stack,
    private readonly machine: TestMachine,
    private readonly suffix: string,
  ) {
    this.name = stack.name(suffix);
    this.id = `${machine.name}/domain/${this.name}`;
    // No field of a domain is a secret by itself; a program may make one of any.
    const consoleLog = secret(`/var/log/libvirt/qemu/${this.token}.log`);
    this.args = { host: machine.name, ...smallDomain(this.name), consoleLog };
  }

  makeByHand(): void {
    const { host, running, ...document } = revealed(this.args) as Args;
    define(renderDomain(domainDocument.parse(document)));
  }

  snapshot(): unknown {
    return this.xml && parser.parse(this.xml.replace(OWNER, ""));
  }

  facts(): unknown {
    return factsOf(this.xml ?? "");
  }

  expected(args: Args): unknown {
    return expectedFacts(revealed(args) as DomainArgs);
  }

  ownership = (): string | undefined => OWNER.exec(this.xml ?? "")?.[0];

  lastWrite = (): string => this.xml ?? "it is not there";

  drift({ nested, beside }: { nested?: boolean; beside?: boolean }): void {
    const edits: [RegExp, string][] = [];
    if (nested) edits.push([/<vcpupin vcpu='1' cpuset='1'\/>/, "<vcpupin vcpu='1' cpuset='0'/>"]);
    if (beside) edits.push([/<sibling id='1' value='21'\/>/, "<sibling id='1' value='31'/>"]);
    edit(this.name, ...edits);
  }

  async upToStall(stack: Stack) {
    stack.resources({ [this.suffix]: resourceOf(domainSample, this.args) });
    this.machine.shim.stopAt("before", "define");
    const up = stack.start("up", "--yes", "--skip-preview");
    await this.machine.shim.stopped();
    return up;
  }

  private get xml(): string | undefined {
    return domains().includes(this.name) ? definitionOf(this.name) : undefined;
  }
}

const OWNER = /<gpudirect:owner[^>]*>/;
const parser = new XMLParser({ ignoreAttributes: false, parseTagValue: false });

/** What a definition says of the fields of the sample. */
function factsOf(xml: string) {
  const { controllers, endpoints, problems } = readGuestDomain(xml);
  const all = (pattern: RegExp) => Object.fromEntries([...xml.matchAll(pattern)].map(([, key, value]) => [key, value]));
  const cells = [...xml.matchAll(/<cell id='(\d+)' cpus='([^']*)' memory='(\d+)' unit='KiB'[^>]*>([\s\S]*?)<\/cell>/g)];
  return {
    problems,
    name: /<name>([^<]*)</.exec(xml)?.[1],
    type: /<domain type='(\w+)'/.exec(xml)?.[1],
    cells: cells.map(([, id, cpus, kib, inner = ""]) => ({
      id,
      cpus,
      memoryMiB: Number(kib) / 1024,
      distances: Object.fromEntries(
        [...inner.matchAll(/<sibling id='(\d+)' value='(\d+)'/g)].map(([, to, value]) => [to, Number(value)]),
      ),
    })),
    vcpuPins: all(/<vcpupin vcpu='(\d+)' cpuset='([^']*)'/g),
    expanderBuses: controllers
      .filter(({ model }) => model === "pcie-expander-bus")
      .map(({ busNr, node }) => ({ busNr, cell: node })),
    // The expander bus that each device is below, and the slot of its own port.
    devices: Object.fromEntries(
      endpoints.flatMap(({ host, bus }) => {
        const port = controllers.find(({ index }) => index === bus)?.at?.slot;
        return host === undefined ? [] : [[host, { root: rootOf(controllers, bus), port }]];
      }),
    ),
    consoleLog: /<serial type='file'>\s*<source path='([^']*)'/.exec(xml)?.[1],
    agent: /org\.qemu\.guest_agent\.0/.test(xml),
  };
}

function rootOf(controllers: readonly XmlController[], index: number): number | undefined {
  const controller = controllers.find((one) => one.index === index);
  if (!controller || controller.model === "pcie-expander-bus") return controller?.busNr;
  return controller.at && rootOf(controllers, controller.at.bus);
}

function expectedFacts(args: DomainArgs): ReturnType<typeof factsOf> {
  type Tree = Record<string, { parent?: string; port?: number; busNr?: number }>;
  const tree: Tree = { ...args.expanderBuses, ...args.switches, ...args.devices };
  const root = (key: string): number | undefined => tree[key]?.busNr ?? root(tree[key]?.parent ?? "");
  return {
    problems: [],
    name: args.name,
    type: args.type,
    cells: Object.entries(args.cells).map(([id, { cpus, memoryMiB, distances }]) => ({
      id,
      cpus,
      memoryMiB,
      distances: { ...distances },
    })),
    vcpuPins: { ...args.vcpuPins },
    expanderBuses: Object.values(args.expanderBuses).map(({ busNr, cell }) => ({ busNr, cell })),
    devices: Object.fromEntries(
      Object.entries(args.devices).map(([host, { port }]) => [host, { root: root(host), port }]),
    ),
    consoleLog: args.consoleLog,
    agent: args.guestAgent,
  };
}
