/** The parts of a host file that decide path classes, as plain JSON. */
interface Fn {
  address: string;
  port?: string | undefined;
  numaNode?: number | undefined;
  children?: Fn[] | undefined;
}
interface Host {
  numaNodes: { id: number }[];
  pciRoots: { numaNode?: number | undefined; devices: Fn[] }[];
}

export type HostPathClass = "LOC" | "PIX" | "PXB" | "PHB" | "SYS";

/**
 * Path classes of a host by climbing from the functions: an oracle for core's answer that shares no code with it.
 * A switch is its upstream port; a bridge to conventional PCI counts as one; root and downstream ports do not count.
 */
export function hostPathClassOf(host: Host): (a: string, b: string) => HostPathClass {
  const parent = new Map<string, Fn>();
  const functions = new Map<string, Fn>();
  const node = new Map<string, number>();
  const lowest = host.numaNodes.reduce((least, { id }) => Math.min(least, id), Number.POSITIVE_INFINITY);
  for (const root of host.pciRoots) {
    const stack = [...root.devices];
    for (let fn = stack.pop(); fn; fn = stack.pop()) {
      functions.set(fn.address, fn);
      node.set(fn.address, fn.numaNode ?? root.numaNode ?? lowest);
      for (const child of fn.children ?? []) {
        parent.set(child.address, fn);
        stack.push(child);
      }
    }
  }
  const climb = (address: string): string[] => {
    if (!functions.has(address)) throw new Error(`the host has no function ${address}`);
    const switches: string[] = [];
    for (let fn = parent.get(address); fn; fn = parent.get(fn.address)) {
      if (fn.port !== "root-port" && fn.port !== "downstream-port") switches.push(fn.address);
    }
    return switches;
  };
  return (a, b) => {
    if (a === b) return "LOC";
    const up = climb(a);
    const down = climb(b);
    const meeting = up.findIndex((address) => down.includes(address));
    if (meeting < 0) return node.get(a) === node.get(b) ? "PHB" : "SYS";
    return meeting === 0 && down[0] === up[0] ? "PIX" : "PXB";
  };
}
