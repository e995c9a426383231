import type { GuestDomain, XmlPlace } from "./guest-domain";

/** Buses behind a single link: only slot 0 exists there. */
const LINKS = ["pcie-root-port", "pcie-switch-downstream-port"];

/** Rules for places on buses: one function per place, functions need function 0, endpoints need a port. */
export function endpointProblems({ controllers, endpoints }: GuestDomain): string[] {
  const problems: string[] = [];
  const models = new Map(controllers.map(({ index, model }) => [index, model]));
  const everything: { name: string; at: XmlPlace; isEndpoint: boolean }[] = [
    ...controllers.flatMap(({ index, model, at }) =>
      at ? [{ name: `controller ${index} (${model})`, at, isEndpoint: false }] : [],
    ),
    ...endpoints.map((device) => ({ name: device.host ?? `a ${device.tag}`, at: device, isEndpoint: true })),
  ];

  const taken = new Map<string, string>();
  for (const { name, at } of everything) {
    const place = `${at.bus}/${at.slot}.${at.fn}`;
    if (taken.has(place)) problems.push(`${name}: controller/slot.function ${place} is taken by ${taken.get(place)}`);
    taken.set(place, name);
  }
  for (const { name, at, isEndpoint } of everything) {
    const model = models.get(at.bus);
    if (model === undefined) {
      if (isEndpoint) problems.push(`${name}: there is no PCI controller ${at.bus}`);
      continue;
    }
    if (!(at.slot >= 0 && at.slot <= 31) || !(at.fn >= 0 && at.fn <= 7)) {
      problems.push(`${name}: slot ${at.slot}, function ${at.fn} does not exist`);
    }
    if (LINKS.includes(model) && at.slot !== 0)
      problems.push(`${name}: slot ${at.slot} behind a ${model}, which has slot 0 only`);
    if (model === "pcie-root" && at.slot === 0) problems.push(`${name}: slot 0 of pcie.0 is the host bridge's`);
    if (isEndpoint && (model === "pcie-expander-bus" || model === "pcie-switch-upstream-port")) {
      problems.push(`${name}: an endpoint must not sit directly on a ${model}`);
    }
    if (at.fn !== 0) {
      const zero = everything.find(
        (other) => other.at.bus === at.bus && other.at.slot === at.slot && other.at.fn === 0,
      );
      const builtIn = model === "pcie-root" && at.slot === 31;
      if (!zero && !builtIn) problems.push(`${name}: function ${at.fn} without a function 0`);
      if (zero && !zero.at.multifunction) problems.push(`${name}: function 0 of its slot is not multifunction`);
    }
  }

  const seen = new Set<string>();
  for (const { host } of endpoints) {
    if (host === undefined) continue;
    if (seen.has(host)) problems.push(`${host}: is there twice`);
    seen.add(host);
  }
  return problems;
}
