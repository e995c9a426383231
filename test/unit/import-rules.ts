import { builtinModules } from "node:module";
import { posix } from "node:path";
import ts from "typescript";

/** What each source file imports: other files of the repository by path, packages by name. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const BUILTINS = new Set(builtinModules);
const isBuiltin = (name: string): boolean => name.startsWith("node:") || BUILTINS.has(name.split("/")[0] as string);
const isPulumi = (name: string): boolean => /^@pulumi(\/|$)/.test(name);
const isFile = (name: string): boolean => name.includes("/") && /\.(ts|mts|mjs|json)$/.test(name);
const folderOf = (path: string): string => path.split("/")[0] as string;

/** Folders of the repository that each folder may import from, besides itself (design: one way through the house). */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  provider: ["core"],
  components: ["sdk"],
  cli: ["core", "provider"],
  lab: ["core"],
};
/** The executable's entry point hands the components to the protocol layer. */
const ENTRY_POINT = "provider/main.ts";

/** Breaches of the import rules, a line each. */
export function breaches(imports: Imports): string[] {
  return [...imports].flatMap(([file, names]) => {
    const folder = folderOf(file);
    const allowed = MAY_IMPORT[folder];
    if (!allowed) return [];
    return names.filter((name) => !isAllowed(file, folder, name, allowed)).map((name) => `${file} imports ${name}`);
  });
}

function isAllowed(file: string, folder: string, name: string, allowed: readonly string[]): boolean {
  if (isFile(name)) {
    const target = folderOf(name);
    return target === folder || allowed.includes(target) || (file === ENTRY_POINT && target === "components");
  }
  if (folder === "core") return !isBuiltin(name) && !isPulumi(name) && !name.startsWith("@grpc/");
  if (folder === "components") return isPulumi(name);
  return true;
}

/** The first import cycle found from each file on, as `a > b > a`. */
export function cycles(imports: Imports): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(" > "));
    if (at >= 0 || done.has(file)) return;
    for (const name of imports.get(file) ?? []) visit(name, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

/** Imports of a file: `import`, `export from`, `require`, `import()`; relative ones as paths of the repository. */
export function importsOf(file: string, text: string, exists: (path: string) => boolean): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith(".")) return fileName;
    const path = posix.join(posix.dirname(file), fileName);
    const candidates = [path, `${path}.ts`, `${path}/index.ts`];
    return candidates.find((candidate) => isFile(candidate) && exists(candidate)) ?? `${path}.ts`;
  });
}
