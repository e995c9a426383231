import { definedKeys, type PlainObject } from "../../core/diff/plain";
import { nearest } from "../protocol/nearest";
import { LOCAL } from "./shapes";

/** Names listed at most; more would hide the message. */
const LISTED = 10;

/** Says that there is no such machine, and which one may have been meant or which there are. */
export function unknownMachine(name: string, hosts: PlainObject): string {
  const known = [...new Set([LOCAL, ...definedKeys(hosts).sort()])];
  const meant = nearest(name, known);
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more` : "";
  const hint = meant ? `did you mean ${meant}?` : `there are ${known.slice(0, LISTED).join(", ")}${more}.`;
  return `There is no machine ${JSON.stringify(name.slice(0, 100))} in the provider's hosts; ${hint}`;
}
