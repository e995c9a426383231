import { type NcclNode, NcclReadError, readAsNccl } from "./nccl-reader";

export interface NcclFile {
  /** Laws that the file breaks, in words; empty for a file that NCCL takes as it is meant. */
  readonly problems: string[];
  /** Bus ids of GPUs, NICs, NVSwitches and switches in the order of the file. */
  readonly gpus: string[];
  readonly nics: string[];
  readonly nvswitches: string[];
  readonly switches: string[];
  /** CPU numbers of each cpu element by its numaid. */
  readonly cpus: Map<string, number[]>;
  /** NCCL's class of the path between two functions of the file. */
  pathClass(a: string, b: string): "LOC" | "PIX" | "PXB" | "PHB" | "SYS";
  /** GB/s of the narrowest PCIe link on the path, as NCCL computes it. */
  bandwidth(a: string, b: string): number;
  attribute(busid: string, name: string): string | undefined;
}

/** 100 Mbit/s per lane, by the spelling of sysfs (nccl src/graph/topo.cc, kvDictPciGen). */
const SPEEDS: Record<string, number> = {
  "2.5 GT/s PCIe": 15,
  "5.0 GT/s PCIe": 30,
  "8.0 GT/s PCIe": 60,
  "16.0 GT/s PCIe": 120,
  "32.0 GT/s PCIe": 240,
  "64.0 GT/s PCIe": 480,
};

/** Attributes that a file of ours may have; all others NCCL makes itself. */
const KNOWN: Record<string, string[]> = {
  system: ["version"],
  cpu: ["numaid", "affinity"],
  pci: ["busid", "class", "vendor", "device", "subsystem_vendor", "subsystem_device", "link_speed", "link_width"],
};
const CHILDREN: Record<string, string[]> = { system: ["cpu"], cpu: ["pci"], pci: ["pci"] };

interface Place {
  readonly node: NcclNode;
  readonly above: readonly Place[];
  readonly cpu: NcclNode;
}

/**
 * Reads and judges a topology file by NCCL's laws alone; knows nothing of how it was made. Shares no code with core.
 */
export function checkNcclFile(text: string): NcclFile {
  const problems: string[] = [];
  const places = new Map<string, Place>();
  const cpus = new Map<string, number[]>();
  const byKind: Record<"gpu" | "nic" | "nvswitch" | "switch", string[]> = {
    gpu: [],
    nic: [],
    nvswitch: [],
    switch: [],
  };

  let roots: NcclNode[] = [];
  try {
    roots = readAsNccl(text);
  } catch (error) {
    if (!(error instanceof NcclReadError)) throw error;
    problems.push(error.message);
  }
  if (problems.length === 0 && (roots.length !== 1 || roots[0]?.name !== "system")) problems.push("no single <system>");
  for (const system of roots) {
    if (value(system, "version") !== "1") problems.push("version is not 1");
    checkShape(system, problems);
    for (const cpu of system.children) {
      checkCpu(cpu, cpus, problems);
      for (const pci of cpu.children) visit(pci, [], cpu);
    }
  }

  function visit(node: NcclNode, above: readonly Place[], cpu: NcclNode): void {
    const busid = value(node, "busid") ?? "";
    if (places.has(busid)) problems.push(`${busid} is there twice`);
    const place = { node, above, cpu };
    places.set(busid, place);
    const kind = kindOf(node);
    if (kind) byKind[kind].push(busid);
    problems.push(...pciProblems(node, kind).map((problem) => `${busid}: ${problem}`));
    for (const child of node.children) visit(child, [place, ...above], cpu);
  }
  const placeOf = (busid: string): Place => {
    const place = places.get(busid);
    if (!place) throw new Error(`the file has no ${busid}`);
    return place;
  };
  /** Switches on both sides up to the lowest that both are below, and whether there is one. */
  const climb = (a: string, b: string) => {
    const [one, two] = [placeOf(a), placeOf(b)];
    const meeting = one.above.find((place) => two.above.includes(place));
    const side = (place: Place) => (meeting ? place.above.slice(0, place.above.indexOf(meeting)) : place.above);
    return { one, two, meeting, switches: [...side(one), ...side(two)] };
  };
  return {
    problems,
    gpus: byKind.gpu,
    nics: byKind.nic,
    nvswitches: byKind.nvswitch,
    switches: byKind.switch,
    cpus,
    attribute: (busid, name) => value(placeOf(busid).node, name),
    pathClass(a, b) {
      if (a === b) return "LOC";
      const { one, two, meeting, switches } = climb(a, b);
      if (!meeting) return value(one.cpu, "numaid") === value(two.cpu, "numaid") ? "PHB" : "SYS";
      return switches.length === 0 ? "PIX" : "PXB";
    },
    bandwidth(a, b) {
      const { one, two, switches } = climb(a, b);
      return Math.min(...[one.node, two.node, ...switches.map(({ node }) => node)].map(gigabytesPerSecond));
    },
  };
}

function gigabytesPerSecond(node: NcclNode): number {
  return (Number(value(node, "link_width")) * (SPEEDS[value(node, "link_speed") ?? ""] ?? 60)) / 80;
}

function value(node: NcclNode, name: string): string | undefined {
  return node.attributes.find(([key]) => key === name)?.[1];
}

function kindOf(node: NcclNode): "gpu" | "nic" | "nvswitch" | "switch" | undefined {
  const pciClass = value(node, "class") ?? "";
  if (pciClass.startsWith("0x0604")) return "switch";
  if (pciClass.startsWith("0x0680")) return "nvswitch";
  if (pciClass.startsWith("0x03")) return "gpu";
  return pciClass.startsWith("0x02") ? "nic" : undefined;
}

function checkShape(node: NcclNode, problems: string[]): void {
  for (const [key] of node.attributes) {
    if (!KNOWN[node.name]?.includes(key)) problems.push(`<${node.name}> has ${key}, which NCCL finds out itself`);
  }
  for (const child of node.children) {
    if (!CHILDREN[node.name]?.includes(child.name)) problems.push(`<${node.name}> has <${child.name}>`);
    else checkShape(child, problems);
  }
}

function checkCpu(cpu: NcclNode, cpus: Map<string, number[]>, problems: string[]): void {
  const numaid = value(cpu, "numaid") ?? "";
  if (!/^\d+$/.test(numaid)) problems.push(`numaid ${JSON.stringify(numaid)} is no number`);
  if (cpus.has(numaid)) problems.push(`there are two cpus of numaid ${numaid}`);
  const affinity = value(cpu, "affinity");
  if (affinity !== undefined && !/^[0-9a-f]{1,8}(,[0-9a-f]{8}){0,31}$/.test(affinity)) {
    problems.push(`affinity ${JSON.stringify(affinity)} is no CPU mask`);
    return;
  }
  const bits = [...BigInt(`0x${(affinity ?? "0").replace(/,/g, "")}`).toString(2)].reverse();
  cpus.set(
    numaid,
    bits.flatMap((bit, cpuNumber) => (bit === "1" ? [cpuNumber] : [])),
  );
}

function pciProblems(node: NcclNode, kind: ReturnType<typeof kindOf>): string[] {
  const problems: string[] = [];
  const must = (name: string, pattern: RegExp) => {
    const text = value(node, name);
    if (text === undefined || !pattern.test(text)) problems.push(`${name} is ${JSON.stringify(text)}`);
  };
  must(
    "busid",
    kind === "switch" ? /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/ : /^[0-9a-f]{4}:[0-9a-f]{2}:00\.0$/,
  );
  must("class", /^0x[0-9a-f]{6}$/);
  must("link_width", /^([1-9]|1[0-9]|2[0-9]|3[0-2])$/);
  for (const id of ["vendor", "device", "subsystem_vendor", "subsystem_device"]) {
    if (value(node, id) !== undefined) must(id, /^0x[0-9a-f]{4}$/);
  }
  const speed = value(node, "link_speed") ?? "";
  if (!(speed in SPEEDS)) problems.push(`link_speed ${JSON.stringify(speed)} counts as 8 GT/s`);
  if (kind === undefined) problems.push(`class ${value(node, "class")} is nothing to NCCL`);
  if (kind === "switch") {
    if (node.children.length === 0) problems.push("a switch with nothing below");
    if (speed === "2.5 GT/s PCIe") problems.push("2.5 GT/s is what an emulated switch reports");
  } else if (node.children.length > 0) problems.push("is no switch, but has functions below");
  return problems;
}
