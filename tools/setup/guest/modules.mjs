// @ts-check
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { SetupError } from "../failure.mjs";
import { run } from "../run.mjs";

const FILE = /^(.+)\.ko(\.xz)?$/;

/**
 * Copies modules and what they depend on, named so that their sorted names are an order of loading. The order comes
 * from the modules themselves, because it differs between kernels that bear the same version number.
 * @param {string[]} wanted
 * @param {string} from the folder of one kernel's modules
 * @param {string} to
 */
export async function installModules(wanted, from, to) {
  mkdirSync(to, { recursive: true });
  const files = new Map(
    readdirSync(from, { recursive: true, encoding: "utf8" })
      .filter((path) => FILE.test(path))
      .map((path) => [nameOf(path), join(from, path)]),
  );
  /** @type {Set<string>} */
  const installed = new Set();
  /** @param {string} name */
  const install = async (name) => {
    if (installed.has(name)) return;
    const file = files.get(name);
    if (!file)
      throw new SetupError(`The distribution's kernel has no module ${name}, which the rehearsal guest needs.`);
    const content = await read(file);
    const depends = /\0depends=([\w,-]*)\0/.exec(content.toString("latin1"))?.[1] ?? "";
    for (const dependency of depends.split(",").filter(Boolean)) await install(dependency.replaceAll("-", "_"));
    const order = String(installed.size).padStart(2, "0");
    installed.add(name);
    writeFileSync(join(to, `${order}-${name}.ko`), content);
  };
  for (const name of wanted) await install(name);
}

/** @param {string} path */
const nameOf = (path) => (FILE.exec(basename(path))?.[1] ?? "").replaceAll("-", "_");

/**
 * Debian 12 keeps modules as they are, later ones compress them.
 * @param {string} file
 */
async function read(file) {
  if (!file.endsWith(".xz")) return readFileSync(file);
  await run("xz", ["--decompress", file]);
  return readFileSync(file.slice(0, -".xz".length));
}
