import type { PlainObject } from "../../../core/diff/plain";
import { domain } from "./hostile-domain";
import type { HostileInput } from "./hostile-inputs";
import { put } from "./hostile-places";
import { nested } from "./hostile-values";

const [, sample = {}] = domain.samples;

/** As long as a file that somebody reads into a setting by mistake. */
const MIB = 1024 * 1024;
const fill = (unit: string): string => unit.repeat(Math.ceil(MIB / unit.length)).slice(0, MIB);

/** Inputs that are wrong by their size: each takes a second at most, where a careless check takes minutes or all memory. */
export function extremes(): HostileInput[] {
  const at = (kind: string, keys: string[], value: unknown): HostileInput => {
    const inputs = put(sample, keys, value);
    return { kind, inputs, wire: inputs, at: [keys], secrets: [] };
  };
  return [
    at("a name of a megabyte", ["name"], fill("a")),
    at("a command line of a megabyte", ["boot", "commandLine"], `${fill("a")}\n`),
    at("a blank command line of a megabyte", ["boot", "commandLine"], fill(" ")),
    at("a path of a megabyte", ["boot", "kernel"], `${fill("/a")}\n`),
    at("a CPU list of a megabyte", ["cells", "0", "cpus"], `${fill("0-1,")}x`),
    at("a CPU list of the same CPUs", ["emulatorPin"], `${fill("0-65535,").slice(0, -8)}0`),
    at("an address of a megabyte", ["connection", "ssh", "address"], `${fill("a.")}!`),
    at("a key of a megabyte", [fill("k")], 1),
    at("a key of a map of a megabyte", ["devices", fill("0")], {}),
    at("a checklist of a megabyte", ["notChecked"], [fill("x")]),
    at("30,000 wrong items", ["notChecked"], Array(30_000).fill(0)),
    at(
      "20,000 unknown fields",
      ["cpu"],
      numbered(20_000, () => 1),
    ),
    at("12,000 switches in a row", ["switches"], row(12_000)),
    at("values within values", ["cpu", "sockets"], nested(1000, true)),
  ];
}

const numbered = (count: number, value: (index: number) => unknown): PlainObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value(index)]));

/** Each switch hangs on the one before. */
function row(count: number): PlainObject {
  const address = (index: number) => `1${index.toString(16).padStart(4, "0")}:00:00.0`;
  const entries = Array.from({ length: count }, (_, index) => {
    return [address(index), { parent: index === 0 ? "0000:15" : address(index - 1), port: 0 }] as const;
  });
  return Object.fromEntries(entries);
}
