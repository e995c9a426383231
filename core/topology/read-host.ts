import { Refusal } from "../problems";
import { parseHostFile } from "./host-file";
import type { HostTopology } from "./model";
import { readNcclXml } from "./nccl-xml";

/**
 * A host from a host file (JSON) or an NCCL topology file (XML), told apart by the first character that is not blank.
 * `source` names the text where it does not say so itself.
 * @throws Refusal with every problem found
 */
export function readHost(text: string, source: string): HostTopology {
  const first = /[^\s\uFEFF]/.exec(text.slice(0, 4096))?.[0];
  if (first === "<") return readNcclXml(text, source);
  if (first === "{") return parseHostFile(text);
  const found = first === undefined ? "is blank" : `begins with ${JSON.stringify(first)}`;
  const message = `the host ${found}; give a host file (JSON, from "gpudirect discover") or an NCCL topology file (XML)`;
  throw new Refusal([{ path: "", message }]);
}
