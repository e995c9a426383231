import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Makes a folder whose `virsh` is the saboteur, to be put first on PATH. */
export function sabotagePath(root: string): string {
  const real = (process.env.PATH ?? "")
    .split(delimiter)
    .map((dir) => join(dir, "virsh"))
    .find(existsSync);
  const dir = join(root, ".demo", "sabotage");
  mkdirSync(dir, { recursive: true });
  const script = join(root, "tools", "demo", "sabotage", "virsh.mjs");
  const shim = join(dir, "virsh");
  writeFileSync(shim, `#!/bin/sh\nGPUDIRECT_REAL_VIRSH='${real}' exec '${process.execPath}' '${script}' "$@"\n`);
  chmodSync(shim, 0o755);
  return dir;
}
