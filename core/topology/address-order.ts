/** Orders PCI addresses by domain, bus, slot and function; domains may have more than four digits, and come last then. */
export function byAddress(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
