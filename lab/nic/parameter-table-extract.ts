import { execFile } from "node:child_process";
import { rename, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { PARAMETER_COLUMNS, type ParameterRow, TLV_COLUMNS, type TlvRow } from "./parameter-table-rows";

/** Where the database is, which program reads it, where the JSON table file goes. */
export interface ExtractRequest {
  /** The `sqlite3` command-line program, 3.33 or later (it needs `-json`). */
  readonly sqlite3: string;
  /** mlxconfig_host.db of the package mstflint. */
  readonly database: string;
  readonly output: string;
}

const run = promisify(execFile);
const WHOLE_TABLE = 32 * 1024 * 1024;

/** Turns mstflint's SQLite parameter table into the JSON table file that `loadParameterTable` reads. */
export async function extractParameterTable(request: ExtractRequest): Promise<void> {
  const select = async <Row>(columns: readonly string[], table: string): Promise<Row[]> => {
    const query = `SELECT ${columns.join(", ")} FROM ${table} ORDER BY rowid`;
    const { stdout } = await run(request.sqlite3, ["-readonly", "-json", request.database, query], {
      maxBuffer: WHOLE_TABLE,
    }).catch((cause: unknown) => {
      throw new Error(
        `parameter table: ${request.sqlite3} cannot read table ${table} of ${request.database}; ` +
          "give mlxconfig_host.db of the package mstflint and a sqlite3 of 3.33 or later",
        { cause },
      );
    });
    return JSON.parse(stdout === "" ? "[]" : stdout) as Row[];
  };
  const tlvs = await select<TlvRow>(TLV_COLUMNS, "tlvs");
  const params = await select<ParameterRow>(PARAMETER_COLUMNS, "params");
  if (tlvs.length === 0 || params.length === 0) {
    throw new Error(`parameter table: ${request.database} holds no parameters; it is not mstflint's mlxconfig_host.db`);
  }
  const lines = (rows: readonly object[]): string => rows.map((row) => JSON.stringify(row)).join(",\n");
  const partial = `${request.output}.partial`;
  await writeFile(partial, `{"tlvs":[\n${lines(tlvs)}\n],"params":[\n${lines(params)}\n]}\n`);
  await rename(partial, request.output);
}
