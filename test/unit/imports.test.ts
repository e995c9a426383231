import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { breaches, cycles, type Imports, importsOf } from "./import-rules";

const ROOT = join(__dirname, "../..");
const FOLDERS = ["core", "provider", "components", "cli", "lab", "test", "tools"];
const toPath = (path: string): string => relative(ROOT, path).split(sep).join("/");

function repository(): Imports {
  const imports = new Map<string, string[]>();
  for (const folder of FOLDERS.filter((name) => existsSync(join(ROOT, name)))) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(ts|mjs)$/.test(entry.name) || entry.parentPath.includes("node_modules")) continue;
      const path = toPath(join(entry.parentPath, entry.name));
      const text = readFileSync(join(ROOT, path), "utf8");
      imports.set(
        path,
        importsOf(path, text, (candidate) => existsSync(join(ROOT, candidate))),
      );
    }
  }
  return imports;
}

const planted = (file: string, ...names: string[]): string[] => breaches(new Map([[file, names]]));

describe("imports of the repository", () => {
  const imports = repository();

  it("keep to the folders that a folder may import from", () => {
    assert.ok([...imports.keys()].filter((file) => file.startsWith("core/")).length > 50, "core was read");
    assert.deepEqual(breaches(imports), []);
  });

  it("have no cycle", () => assert.deepEqual(cycles(imports), []));

  it("lead to files that are there", () => {
    const missing = [...imports].flatMap(([file, names]) =>
      names
        .filter(
          (name) => /^(core|provider|cli|lab)\//.test(name) && !imports.has(name) && !existsSync(join(ROOT, name)),
        )
        .map((name) => `${file}: ${name}`),
    );
    assert.deepEqual(missing, []);
  });
});

describe("the import rules", () => {
  const forbidden: [file: string, name: string][] = [
    ["core/plan/x.ts", "node:fs"],
    ["core/plan/x.ts", "fs/promises"],
    ["core/plan/x.ts", "child_process"],
    ["core/plan/x.ts", "node:path"],
    ["core/plan/x.ts", "@pulumi/pulumi"],
    ["core/plan/x.ts", "@grpc/grpc-js"],
    ["core/plan/x.ts", "provider/reach/reach.ts"],
    ["core/plan/x.ts", "cli/main.ts"],
    ["core/plan/x.ts", "components/gpu-vm.ts"],
    ["core/plan/x.ts", "test/support/random-machine.ts"],
    ["core/plan/x.ts", "sdk/nodejs/index.ts"],
    ["provider/resources/x.ts", "components/gpu-vm.ts"],
    ["provider/resources/x.ts", "cli/plan.ts"],
    ["components/x.ts", "core/plan/plan-guest.ts"],
    ["components/x.ts", "provider/package.ts"],
    ["components/x.ts", "node:fs"],
    ["cli/x.ts", "components/gpu-vm.ts"],
  ];
  for (const [file, name] of forbidden) {
    it(`find ${name} in ${file}`, () => assert.deepEqual(planted(file, name), [`${file} imports ${name}`]));
  }

  it("let pass what goes down the house", () => {
    assert.deepEqual(planted("core/plan/x.ts", "zod", "fast-xml-parser", "core/problems.ts"), []);
    assert.deepEqual(planted("provider/x.ts", "node:fs", "@pulumi/pulumi/proto/provider_pb", "core/problems.ts"), []);
    assert.deepEqual(planted("provider/main.ts", "components/index.ts"), []);
    assert.deepEqual(planted("components/x.ts", "@pulumi/pulumi", "sdk/nodejs/index.ts"), []);
    assert.deepEqual(planted("cli/x.ts", "node:util", "core/problems.ts", "provider/reach/local.ts"), []);
  });

  it("find cycles, and no cycle in a diamond", () => {
    const graph = (edges: Record<string, string[]>) => cycles(new Map(Object.entries(edges)));
    assert.deepEqual(graph({ "a.ts": ["b.ts"], "b.ts": ["c.ts"], "c.ts": ["b.ts"] }), ["b.ts > c.ts > b.ts"]);
    assert.deepEqual(graph({ "a.ts": ["a.ts"] }), ["a.ts > a.ts"]);
    assert.deepEqual(graph({ "a.ts": ["b.ts", "c.ts"], "b.ts": ["d.ts"], "c.ts": ["d.ts"], "d.ts": [] }), []);
  });

  it("read every form of import", () => {
    const text = `import a from "./a"; import type { B } from "../b"; export * from "./c"; const d = require("./d"); import("./e"); import "node:fs";`;
    const there = new Set(["core/x/a.ts", "core/b/index.ts", "core/x/c.ts", "core/x/d.ts", "core/x/e.ts"]);
    const found = importsOf("core/x/y.ts", text, (path) => there.has(path)).sort();
    assert.deepEqual(found, ["core/b/index.ts", "core/x/a.ts", "core/x/c.ts", "core/x/d.ts", "core/x/e.ts", "node:fs"]);
  });
});
