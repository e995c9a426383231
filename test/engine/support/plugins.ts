import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./environment";

/** A plugin as Pulumi.yaml names it. */
export interface PluginPath {
  readonly name: string;
  readonly path: string;
}

/** The provider itself, as set-up has built it. */
export const gpudirectPlugin: PluginPath = { name: "gpudirect", path: join(ROOT, "bin") };

let bundled: Promise<PluginPath> | undefined;

/** The test provider (`test:index:Settings`, test/protocol/support), bundled once for all tests. */
export function testPlugin(): Promise<PluginPath> {
  bundled ??= bundleTestPlugin();
  return bundled;
}

async function bundleTestPlugin(): Promise<PluginPath> {
  const path = mkdtempSync(join(tmpdir(), "gpudirect-test-plugin-"));
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  const { bundle } = await import("../../../tools/build/bundle.mjs" as string);
  const entry = join(ROOT, "test", "protocol", "support", "main.ts");
  await bundle({ entry, outfile: join(path, "pulumi-resource-test") });
  return { name: "test", path };
}
