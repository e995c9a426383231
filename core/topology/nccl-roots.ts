/**
 * Addresses `DDDD:BB` of the root complexes of an NCCL topology file, which does not name them: the domain and bus of
 * each top-level `<pci>`. Where several share these (made-up switch ids such as ffff:ff:01.0 and ffff:ff:02.0), each of
 * them gets its slot and function, as two hexadecimal digits, before the domain: `08ffff:ff` and `10ffff:ff`. So an
 * address depends on the element and those it clashes with alone, never on the order of the file.
 */
export function rootAddresses(topLevel: readonly string[]): string[] {
  const buses = topLevel.map((address) => address.slice(0, address.lastIndexOf(":")));
  const count = new Map<string, number>();
  for (const bus of buses) count.set(bus, (count.get(bus) ?? 0) + 1);
  return buses.map((bus, index) => {
    if (count.get(bus) === 1) return bus;
    const [slot = "0", fn = "0"] = (topLevel[index] ?? "").slice(bus.length + 1).split(".");
    const slotAndFunction = Number.parseInt(slot, 16) * 8 + Number(fn);
    return `${slotAndFunction.toString(16).padStart(2, "0")}${bus}`;
  });
}
