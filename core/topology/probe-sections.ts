import { Refusal } from "../problems";

/** What the probe printed, by section. */
export class ProbeSections {
  private readonly sections = new Map<string, string[]>();

  /** @throws Refusal where the text is not the whole output of the probe */
  constructor(text: string) {
    let lines: string[] = [];
    for (const line of text.split("\n")) {
      const heading = /^### ([a-z0-9-]+)\r?$/.exec(line)?.[1];
      if (heading === undefined) {
        lines.push(line);
      } else {
        lines = [];
        this.sections.set(heading, lines);
      }
    }
    if (this.sections.has("end")) return;
    const message =
      this.sections.size === 0
        ? "the machine did not run the probe: its output has no section; check that the user's shell is a POSIX shell and prints nothing"
        : "the probe's output is cut off; read the machine again";
    throw new Refusal([{ path: "", message }]);
  }

  /** Lines of a section that are not blank; none where the machine lacks it. */
  lines(section: string): string[] {
    return (this.sections.get(section) ?? []).filter((line) => line.trim() !== "");
  }

  /** A section of one line. */
  text(section: string): string | undefined {
    return this.lines(section)[0]?.trim();
  }

  /** `OWNER/ATTRIBUTE:VALUE` lines: values by owner and attribute, a list since a file may have several lines. */
  attributes(section: string): Map<string, Map<string, string[]>> {
    return attributesIn(this.lines(section));
  }

  /** Symbolic links of `ls -l` lines: target by name. */
  links(section: string): Map<string, string> {
    return linksIn(this.lines(section));
  }
}

/** As `ProbeSections.attributes`, of lines. */
export function attributesIn(lines: readonly string[]): Map<string, Map<string, string[]>> {
  const owners = new Map<string, Map<string, string[]>>();
  for (const line of lines) {
    const [, owner, attribute, value] = /^([^/]+)\/([^:]+):(.*)$/.exec(line) ?? [];
    if (owner === undefined || attribute === undefined || value === undefined) continue;
    const attributes = owners.get(owner) ?? new Map<string, string[]>();
    owners.set(owner, attributes);
    attributes.set(attribute, [...(attributes.get(attribute) ?? []), value.trim()]);
  }
  return owners;
}

/** As `ProbeSections.links`, of lines. */
export function linksIn(lines: readonly string[]): Map<string, string> {
  const links = new Map<string, string>();
  for (const line of lines) {
    const [, name, target] = /(\S+) -> (\S+)$/.exec(line) ?? [];
    if (name !== undefined && target !== undefined) links.set(name, target);
  }
  return links;
}

/** Last component of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The PCI function that a sysfs path is in or below: its last component that is an address. */
export function functionOfPath(path: string): string | undefined {
  return path.split("/").findLast((name) => /^[0-9a-f]{4,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/.test(name));
}
