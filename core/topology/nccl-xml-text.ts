import { XMLValidator } from "fast-xml-parser";
import type { Problem } from "../problems";
import { MAX_PCI_DEPTH } from "./input-limits";

/** Most elements read: NCCL takes 256 nodes with 640 children at most (nccl src/graph/xml.h), a file of one machine has less. */
const MAX_ELEMENTS = 20_000;

/**
 * What keeps a text from being an NCCL topology file at all: no XML, another root element, DTDs and entities (which
 * NCCL's own parser does not know either: nccl src/graph/xml.cc), truncation, absurd nesting.
 */
export function xmlProblem(text: string): Problem | undefined {
  const problem = (message: string): Problem => ({ path: "", message });
  const bare = text.replace(/<!--[\s\S]*?-->/g, "");
  if (/<!(DOCTYPE|ENTITY)/i.test(bare)) {
    return problem(
      "the XML declares a DOCTYPE or entities, which NCCL topology files never have; remove the declaration",
    );
  }
  const root = /<([A-Za-z_][\w.:-]*)/.exec(bare)?.[1];
  if (root === undefined)
    return problem("the text is no XML: it has no element; give an NCCL topology file or a host file");
  if (root !== "system") {
    return problem(`the root element is <${root.slice(0, 64)}>, but that of an NCCL topology file is <system>`);
  }
  const { depth, count } = shapeOf(bare);
  if (depth > MAX_PCI_DEPTH)
    return problem(`elements are nested deeper than ${MAX_PCI_DEPTH}; no PCI tree is that deep`);
  if (count > MAX_ELEMENTS)
    return problem(`there are more than ${MAX_ELEMENTS} elements; a file of one machine has less`);
  const verdict = XMLValidator.validate(text);
  if (verdict === true) return undefined;
  const { line, msg } = verdict.err;
  return problem(`the XML is broken or truncated at line ${line}: ${msg.slice(0, 200)}`);
}

/** Deepest nesting and number of elements, in XML without comments. */
function shapeOf(xml: string): { depth: number; count: number } {
  let open = 0;
  let depth = 0;
  let count = 0;
  for (const [tag] of xml.matchAll(/<\/?[A-Za-z_](?:"[^"]*"|'[^']*'|[^<>"'])*>/g)) {
    if (tag.startsWith("</")) {
      open--;
      continue;
    }
    if (++count > MAX_ELEMENTS) break;
    if (!tag.endsWith("/>")) depth = Math.max(depth, ++open);
  }
  return { depth, count };
}
