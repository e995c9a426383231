import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { extractParameterTable } from "../nic/parameter-table-extract";

/** Our form of mstflint's parameter table, made once per version of it. Its path. */
export async function makeParameterTable(database: string, cache: string): Promise<string> {
  const version = createHash("sha256").update(readFileSync(database)).digest("hex").slice(0, 16);
  const output = join(cache, `nic-parameters-${version}.json`);
  if (existsSync(output)) return output;
  mkdirSync(cache, { recursive: true });
  // Two hosts may be made at once: the table is whole before it has its name.
  const fresh = `${output}.${process.pid}`;
  await extractParameterTable({ sqlite3: "sqlite3", database, output: fresh });
  renameSync(fresh, output);
  return output;
}
