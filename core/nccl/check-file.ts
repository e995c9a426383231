import type { Problem } from "../problems";
import { FILE_LAWS, LINK_SPEEDS } from "./file-laws";

/** An element's start: blanks before its attributes, on one line. (NCCL takes more than one blank as empty attributes.) */
const START = /<([a-z0-9]+)((?: +[A-Za-z_]+=(?:"[^"]*"|'[^']*'))*) *(\/?)>/y;
const END = /<\/([a-z0-9]+)>/y;
const BETWEEN = /(?:[ \r\n]|<!--[\s\S]*?-->)*/y;

/** What /sys has written since Linux 2.6 (without PCIe) and since 5.7 (with it); NCCL knows both spellings. */
const SPEEDS = new Set(LINK_SPEEDS.flatMap((speed) => [`${speed} GT/s`, `${speed.toFixed(1)} GT/s PCIe`]));
const MOST_PROBLEMS = 20;

/**
 * What NCCL would not read, or would read as something else, in a topology file that anyone wrote (FILE_LAWS): it
 * stops at what it cannot read, with an error that names neither line nor reason, and takes a link speed or bus id
 * that it does not know without a word. Whether the file is that of a guest is `compareTopologyFile`'s to say.
 */
export function checkTopologyFile(text: string): Problem[] {
  const problems: string[] = [];
  const open: { name: string; children: number }[] = [];
  const busids = new Set<string>();
  let count = 0;
  let at = skip(text, 0);
  while (at < text.length && problems.length < MOST_PROBLEMS) {
    const line = () => `line ${text.slice(0, at).split("\n").length}`;
    END.lastIndex = at;
    START.lastIndex = at;
    const end = END.exec(text);
    const start = end ? null : START.exec(text);
    if (end) {
      const name = open.pop()?.name;
      if (name !== end[1]) return told([...problems, `${line()}: </${end[1]}> ends <${name ?? "nothing"}>`]);
      at = skip(text, END.lastIndex);
      continue;
    }
    if (!start) return told([...problems, `${line()}: ${whyUnread(text, at)}`]);
    const [, name = "", attributes = "", single] = start;
    const parent = open.at(-1);
    if (!parent && (name !== "system" || count > 0))
      problems.push(`${line()}: a file has one <system> and nothing else`);
    if (++count === FILE_LAWS.elements + 1) problems.push(`${line()}: more than ${FILE_LAWS.elements} elements`);
    if (parent && ++parent.children === FILE_LAWS.children + 1) {
      problems.push(`${line()}: more than ${FILE_LAWS.children} elements in <${parent.name}>`);
    }
    problems.push(...attributeProblems(name, attributes, busids).map((problem) => `${line()}: ${problem}`));
    if (!single) open.push({ name, children: 0 });
    at = skip(text, START.lastIndex);
  }
  if (count === 0) problems.push("there is no <system>");
  if (open.length > 0 && problems.length < MOST_PROBLEMS) problems.push(`<${open.at(-1)?.name}> has no end`);
  return told(problems);
}

function told(problems: readonly string[]): Problem[] {
  return problems.map((message) => ({ path: "", message }));
}

function skip(text: string, from: number): number {
  BETWEEN.lastIndex = from;
  BETWEEN.test(text);
  return BETWEEN.lastIndex;
}

function whyUnread(text: string, at: number): string {
  const rest = text.slice(at, at + 4096);
  if (rest.startsWith("<?")) return "NCCL takes no XML header; remove it";
  if (rest.startsWith("<!")) return "NCCL takes no DOCTYPE, entities or CDATA; remove them";
  if (rest.startsWith("\t")) return "NCCL takes no tabs; indent with blanks";
  if (!rest.startsWith("<")) return `NCCL takes no text between elements: ${JSON.stringify(rest.slice(0, 20))}`;
  return "an element must be on one line, with blanks alone between its attributes";
}

function attributeProblems(name: string, text: string, busids: Set<string>): string[] {
  const attributes = [...text.matchAll(/ ([A-Za-z_]+)=["']([^"']*)["']/g)].map(([, key = "", value = ""]) => ({
    key,
    value,
  }));
  const problems: string[] = [];
  const of = (key: string) => attributes.find((attribute) => attribute.key === key)?.value;
  if (attributes.length > FILE_LAWS.attributes)
    problems.push(`<${name}> has more than ${FILE_LAWS.attributes} attributes`);
  for (const { key, value } of attributes) {
    if (value.length > FILE_LAWS.valueLength) problems.push(`${key} has more than ${FILE_LAWS.valueLength} characters`);
  }
  if (name === "system" && of("version") !== FILE_LAWS.version) problems.push("version must be 1");
  if (name === "cpu" && !/^-?\d+$/.test(of("numaid") ?? "")) problems.push("numaid must be a number");
  if (name === "pci") problems.push(...pciProblems(of, busids));
  return problems;
}

function pciProblems(of: (key: string) => string | undefined, busids: Set<string>): string[] {
  const problems: string[] = [];
  const busid = of("busid") ?? "";
  if (!/^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/.test(busid)) {
    problems.push(`busid ${JSON.stringify(busid.slice(0, 40))} is no PCI address like 0000:1a:00.0, in lower case`);
  } else if (busids.has(busid)) problems.push(`busid ${busid} is there twice`);
  busids.add(busid);
  if (of("class") === undefined) problems.push(`${busid} has no class`);
  const speed = of("link_speed");
  if (speed !== undefined && speed !== "" && !SPEEDS.has(speed)) {
    problems.push(`link_speed ${JSON.stringify(speed.slice(0, 40))} counts as 8 GT/s; write it like "32.0 GT/s PCIe"`);
  }
  return problems;
}
