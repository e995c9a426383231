import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { ROOT } from "./environment";

let made: string | undefined;

/** The components and the SDK as JavaScript, so that programs start fast. Made once for all tests. Returns a path to require. */
export function components(): string {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-test-components-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  for (const source of ["components", "sdk/nodejs"].flatMap(files)) {
    const text = readFileSync(join(ROOT, source), "utf8");
    const target = join(folder, source.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, source.endsWith(".ts") ? ts.transpileModule(text, { compilerOptions }).outputText : text);
  }
  made = join(folder, "components");
  return made;
}

const files = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$|^package\.json$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));
