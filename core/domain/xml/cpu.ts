import type { DomainDocument, GuestCell } from "../document";
import { child, childrenOf, element, type XmlElement } from "./element";
import { readHostNodes, toKiB } from "./memory";

/** vCPU count, CPU model, topology and NUMA cells. */
export function renderCpu(document: DomainDocument): XmlElement[] {
  const { cpu, cells } = document;
  const bits = cpu.physicalAddressBits;
  const width =
    bits === undefined
      ? []
      : [
          bits === "host"
            ? element("maxphysaddr", { mode: "passthrough" })
            : element("maxphysaddr", { mode: "emulate", bits }),
        ];
  const numbered = Object.entries(cells).sort(([a], [b]) => Number(a) - Number(b));
  return [
    element("vcpu", { placement: "static" }, String(cpu.sockets * cpu.cores * cpu.threads)),
    element("cpu", { mode: cpu.mode }, [
      element("topology", { sockets: cpu.sockets, dies: 1, cores: cpu.cores, threads: cpu.threads }),
      ...width,
      element(
        "numa",
        {},
        numbered.map(([id, cell]) => renderCell(id, cell)),
      ),
    ]),
  ];
}

function renderCell(id: string, cell: GuestCell): XmlElement {
  const siblings = Object.entries(cell.distances ?? {}).sort(([a], [b]) => Number(a) - Number(b));
  const distances = siblings.length
    ? [
        element(
          "distances",
          {},
          siblings.map(([to, value]) => element("sibling", { id: to, value })),
        ),
      ]
    : [];
  const cpus = cell.cpus === "" ? undefined : cell.cpus;
  return element("cell", { id, cpus, memory: cell.memoryMiB * 1024, unit: "KiB" }, distances);
}

export function readCpu(domain: XmlElement): Pick<DomainDocument, "cpu" | "cells"> {
  const cpu = child(domain, "cpu");
  const topology = child(cpu, "topology");
  const hostNodes = readHostNodes(domain);
  const cells: Record<string, GuestCell> = {};
  childrenOf(child(cpu, "numa"), "cell").forEach((cell, position) => {
    const id = cell.attributes.id ?? String(position);
    const nodes = hostNodes.get(id);
    const distances = childrenOf(child(cell, "distances"), "sibling").map(
      ({ attributes }) => [attributes.id ?? "", Number(attributes.value)] as const,
    );
    cells[id] = {
      cpus: cell.attributes.cpus ?? "",
      memoryMiB: Math.round(toKiB(cell.attributes.memory, cell.attributes.unit) / 1024),
      ...(nodes === undefined ? {} : { hostNodes: nodes }),
      ...(distances.length ? { distances: Object.fromEntries(distances) } : {}),
    };
  });
  return { cpu: { ...readModel(cpu), ...readTopology(topology, domain) }, cells };
}

function readTopology(topology: XmlElement | undefined, domain: XmlElement) {
  const count = (name: string) => Number(topology?.attributes[name] ?? 1);
  if (!topology) return { sockets: Number(child(domain, "vcpu")?.text ?? 1), cores: 1, threads: 1 };
  return { sockets: count("sockets"), cores: count("dies") * count("cores"), threads: count("threads") };
}

const MODES = ["host-passthrough", "host-model", "maximum"] as const;

function readModel(cpu: XmlElement | undefined): Pick<DomainDocument["cpu"], "mode" | "physicalAddressBits"> {
  const mode = MODES.find((known) => known === cpu?.attributes.mode);
  const width = child(cpu, "maxphysaddr");
  return {
    ...(mode ? { mode } : {}),
    ...(width
      ? { physicalAddressBits: width.attributes.mode === "passthrough" ? "host" : Number(width.attributes.bits) }
      : {}),
  };
}
