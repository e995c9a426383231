import { definedKeys, type PlainObject } from "../../core/diff/plain";
import { nearest } from "../../core/nearest";
import { LOCAL } from "./shapes";

/** Names listed at most; more would hide the message. */
const LISTED = 10;
/** No machine has a longer name. */
const LONGEST = 63;

/** Says that there is no such machine, and which one may have been meant or which there are. */
export function unknownMachine(name: string, hosts: PlainObject): string {
  const known = [...new Set([LOCAL, ...definedKeys(hosts).sort()])];
  const meant = nearest(name, known);
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more` : "";
  const hint = meant ? `did you mean ${meant}?` : `there are ${known.slice(0, LISTED).join(", ")}${more}.`;
  // Quoted whole or not at all: where it is secret, half of it would not be found and hidden.
  const quoted = name.length > LONGEST ? "of that name" : JSON.stringify(name);
  return `There is no machine ${quoted} in the provider's hosts; ${hint}`;
}
