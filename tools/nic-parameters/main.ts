// node --import tsx tools/nic-parameters/main.ts DATABASE VERSION: writes core/nic/parameter-table.ts from mstflint's own
// table. DATABASE is mlxconfig_host.db of the package mstflint, VERSION the version of that package.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extractParameterTable } from "../../lab/nic/parameter-table-extract";
import type { ParameterTableFile } from "../../lab/nic/parameter-table-rows";
import { parameterLines } from "./rows";
import { tableModule } from "./table-module";

async function main(database: string | undefined, version: string | undefined): Promise<void> {
  if (database === undefined || version === undefined) {
    throw new Error("give mlxconfig_host.db of Debian's package mstflint, and the version of that package");
  }
  const scratch = mkdtempSync(join(tmpdir(), "nic-parameters-"));
  try {
    const output = join(scratch, "table.json");
    await extractParameterTable({ sqlite3: "sqlite3", database, output });
    const table = JSON.parse(readFileSync(output, "utf8")) as ParameterTableFile;
    const text = tableModule(parameterLines(table), version);
    writeFileSync(join(__dirname, "../../core/nic/parameter-table.ts"), text);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

main(process.argv[2], process.argv[3]).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
