import { existsSync } from "node:fs";
import { Refusal } from "../../core/problems";
import type { HostSpec } from "../host/host-spec";

/**
 * A host is made from parts that lie in the cache, outside its folder. QEMU would start without the registers, and name
 * nothing that a user knows for the rest.
 * @throws Refusal that names the part that is gone
 */
export function checkParts({ name, image, registerLibrary, parameterTable }: HostSpec): void {
  const parts = { image, registerLibrary, parameterTable };
  const gone = Object.entries(parts).filter(([, file]) => !existsSync(file));
  if (gone.length === 0) return;
  const message = `is gone from the cache, and ${name} cannot start without it; remove the host with "npm run lab -- down ${name}" and make it anew with "up"`;
  throw new Refusal(gone.map(([part, file]) => ({ path: part, message: `${file} ${message}` })));
}
