import { spawnSync } from "node:child_process";

/** The real virsh, behind the provider's back. */
export function virsh(...args: string[]): string {
  return virshWith("", ...args);
}

function virshWith(input: string, ...args: string[]): string {
  // A shell's pipe: /dev/stdin cannot be opened where it is a socket, as Node's pipes are.
  const { status, stdout, stderr } = spawnSync("sh", ["-c", 'cat | "$@"', "sh", "virsh", "-q", ...args], {
    input,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`virsh ${args.join(" ")}: ${stderr}`);
  return stdout;
}

export const domains = (): string[] => virsh("list", "--all", "--name").split("\n").filter(Boolean);

/** The persistent definition, byte for byte. */
export const definitionOf = (name: string): string => virsh("dumpxml", "--inactive", "--security-info", name);

export const stateOf = (name: string): string => virsh("domstate", name).trim();

/** Defines a domain from XML, as an administrator would. */
export const define = (xml: string): string => virshWith(xml, "define", "/dev/stdin");

/** Redefines a domain with its text edited, as `virsh edit` does. Every edit must find what it looks for. */
export function edit(name: string, ...edits: [RegExp, string][]): void {
  let xml = definitionOf(name);
  for (const [pattern, replacement] of edits) {
    const edited = xml.replace(pattern, replacement);
    if (edited === xml) throw new Error(`${pattern} changes nothing in the definition of ${name}:\n${xml}`);
    xml = edited;
  }
  define(xml);
}

/** Ends and removes a domain, whatever state it is in. */
export function discard(name: string): void {
  if (!domains().includes(name)) return;
  if (stateOf(name) !== "shut off") virsh("destroy", name);
  virsh("undefine", name, "--nvram");
}

/** What an XML says of a domain's identity: its UUID and all MAC addresses. */
export function identityOf(xml: string): { uuid: string | undefined; macs: string[] } {
  const macs = [...xml.matchAll(/<mac address=['"]([^'"]+)/g)].map(([, mac]) => mac ?? "");
  return { uuid: /<uuid>([^<]+)/.exec(xml)?.[1], macs };
}
