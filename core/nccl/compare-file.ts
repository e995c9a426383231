import { type Problem, Refusal } from "../problems";
import { attribute, elements, parseSystems, type XmlElement } from "../topology/nccl-elements";
import { xmlProblem } from "../topology/nccl-xml-text";

/** What a function is in NCCL's graph, by the beginning of its class (nccl src/graph/topo.cc, kvDictPciClass). */
const KINDS = [
  { begins: "0604", kind: "switch" },
  { begins: "0680", kind: "NVSwitch" },
  { begins: "03", kind: "GPU" },
  { begins: "02", kind: "NIC" },
] as const;
type Kind = (typeof KINDS)[number]["kind"] | "other";

/**
 * What keeps a topology file from being that of a guest: a GPU, NIC, switch or NVSwitch of the file that the guest
 * does not have at this address, or has something else at. `functions` are the PCI classes of the guest's functions by
 * address: six hexadecimal digits, with or without 0x.
 *
 * A switch's id may be made up (NCCL's fake switches), but not be that of a function which is no bridge: NCCL takes the
 * class from /sys. An NVSwitch may be anything that NCCL makes no node of, as a rehearsal's stand-in is.
 */
export function compareTopologyFile(xml: string, functions: Readonly<Record<string, string>>): Problem[] {
  const broken = xmlProblem(xml);
  if (broken) return [broken];
  try {
    return parseSystems(xml).flatMap((system) =>
      elements(system, "cpu")
        .flatMap((cpu) => pciBelow(cpu))
        .flatMap((pci) => compareFunction(pci, functions)),
    );
  } catch (error) {
    if (error instanceof Refusal) return [...error.problems];
    throw error;
  }
}

function pciBelow(element: XmlElement): XmlElement[] {
  return elements(element, "pci").flatMap((pci) => [pci, ...pciBelow(pci)]);
}

function compareFunction(pci: XmlElement, functions: Readonly<Record<string, string>>): Problem[] {
  const busid = attribute(pci, "busid") ?? "";
  const planned = kindOf(attribute(pci, "class") ?? "");
  const shown = busid.slice(0, 20);
  const problem = (message: string): Problem[] => [{ path: "", message }];
  if (busid === "") return problem("a <pci> of the topology file has no busid");
  if (busid !== busid.toLowerCase()) {
    return problem(
      `${shown} has upper-case letters; NCCL compares bus ids letter by letter, and knows lower case only`,
    );
  }
  const found = Object.hasOwn(functions, busid) ? functions[busid] : undefined;
  if (found === undefined) {
    if (planned === "switch" || planned === "other") return [];
    return problem(`the topology file has a ${planned} at ${shown}, but the guest has no PCI function there`);
  }
  const there = kindOf(found);
  if (there === planned || planned === "other") return [];
  if (planned === "NVSwitch" && there === "other") return [];
  const what = there === "other" ? `a function of class ${found.replace(/^0x/, "")}` : `a ${there}`;
  return problem(`the topology file has a ${planned} at ${shown}, but the guest has ${what} there`);
}

function kindOf(pciClass: string): Kind {
  const digits = pciClass.toLowerCase().replace(/^0x/, "");
  return KINDS.find(({ begins }) => digits.startsWith(begins))?.kind ?? "other";
}
