import { type HostTopology, hostTopology, type PciDevice } from "./model";

/**
 * The text of a host file: properties in the order of the model, one line per NUMA node and per PCI function, so that a
 * person can read it and a changed device is one line of diff. The same host always gives the same bytes.
 * @throws ZodError where the host does not have the model's shape
 */
export function formatHostFile(host: HostTopology): string {
  const { numaNodes, pciRoots, volatile, ...facts } = hostTopology.parse(host);
  const properties = Object.entries(facts).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  properties.push(`  "numaNodes": [\n${numaNodes.map((node) => `    ${inline(node)}`).join(",\n")}\n  ]`);
  const roots = pciRoots.map(({ devices, ...root }) => `    ${openLine(root, "devices", devices, "    ")}`);
  properties.push(`  "pciRoots": [\n${roots.join(",\n")}\n  ]`);
  if (volatile) properties.push(`  "volatile": ${volatileText(volatile)}`);
  return `{\n${properties.join(",\n")}\n}\n`;
}

function deviceLine({ children, ...device }: PciDevice, indent: string): string {
  return `${indent}${children?.length ? openLine(device, "children", children, indent) : inline(device)}`;
}

/** An object whose last property is a list of PCI functions, each on a line of its own. */
function openLine(value: object, list: string, devices: readonly PciDevice[], indent: string): string {
  const head = `${inline(value).slice(0, -2)}, "${list}": [`;
  if (devices.length === 0) return `${head}] }`;
  return `${head}\n${devices.map((device) => deviceLine(device, `${indent}  `)).join(",\n")}\n${indent}] }`;
}

/** Volatile facts: one line per property, and per entry where addresses are the keys. */
function volatileText(volatile: NonNullable<HostTopology["volatile"]>): string {
  const properties = Object.entries(volatile)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      if (name !== "drivers" && name !== "links") return `    ${JSON.stringify(name)}: ${inline(value)}`;
      const entries = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
      const lines = entries.map(([address, fact]) => `      ${JSON.stringify(address)}: ${inline(fact)}`);
      return `    ${JSON.stringify(name)}: {${lines.length ? `\n${lines.join(",\n")}\n    ` : ""}}`;
    });
  return properties.length ? `{\n${properties.join(",\n")}\n  }` : "{}";
}

/** JSON on one line with spaces inside braces: `{ "index": 0, "sizeBytes": 16777216 }`. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const properties = Object.entries(value).filter(([, inner]) => inner !== undefined);
  if (properties.length === 0) return "{}";
  return `{ ${properties.map(([name, inner]) => `${JSON.stringify(name)}: ${inline(inner)}`).join(", ")} }`;
}
