import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../../support/environment";
import type { PluginPath } from "../../support/plugins";

/** What stands in for the SDK that Pulumi generates of the libvirt provider: its types and classes, as JavaScript. */
const SDK = `
const pulumi = require("@pulumi/pulumi");
const resource = (type, outputs) => class extends pulumi.CustomResource {
  constructor(name, args, opts) {
    super(type, name, { ...Object.fromEntries(outputs.map((output) => [output, undefined])), ...args }, opts);
  }
};
exports.Pool = resource("libvirt:index/pool:Pool", ["uuid"]);
exports.Volume = resource("libvirt:index/volume:Volume", ["key", "path"]);
exports.Network = resource("libvirt:index/network:Network", ["uuid"]);
exports.CloudinitDisk = resource("libvirt:index/cloudinitDisk:CloudinitDisk", ["path", "size"]);
`;

/** Puts SDK and plugin of the test's libvirt provider into a project's folder. */
export function installLibvirt(folder: string): PluginPath {
  const sdk = join(folder, "node_modules", "@pulumi", "libvirt");
  mkdirSync(sdk, { recursive: true });
  writeFileSync(join(sdk, "index.js"), SDK);

  const path = join(folder, "libvirt-plugin");
  mkdirSync(path);
  const loader = pathToFileURL(join(ROOT, "node_modules", "tsx", "dist", "loader.mjs"));
  const program = join(__dirname, "libvirt-plugin.ts");
  const file = join(path, "pulumi-resource-libvirt");
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' --import '${loader}' '${program}' "$@"\n`);
  chmodSync(file, 0o755);
  return { name: "libvirt", path };
}
