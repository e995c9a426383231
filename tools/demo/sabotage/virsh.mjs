// @ts-check
// Stands in for virsh: on `start` it first redefines the domain with one stand-in's address moved, behind the
// provider's back. Everything else goes to the real virsh, whose path is in GPUDIRECT_REAL_VIRSH.
import { spawnSync } from "node:child_process";

const real = process.env.GPUDIRECT_REAL_VIRSH ?? "/usr/bin/virsh";
const args = process.argv.slice(2);
const start = args.indexOf("start");

if (start >= 0) {
  const name = args.at(-1) ?? "";
  const connection = args.slice(0, start);
  const xml = spawnSync(real, [...connection, "dumpxml", "--inactive", name], { encoding: "utf8" }).stdout;
  const moved = moveFirstStandIn(xml);
  spawnSync("sh", ["-c", 'cat | "$@"', "sh", real, ...connection, "define", "/dev/stdin"], { input: moved });
}
const { status } = spawnSync(real, args, { stdio: "inherit" });
process.exitCode = status ?? 1;

/**
 * Moves the first stand-in from its port to pcie.0: there it is on no switch and on no NUMA node.
 * @param {string} xml
 */
function moveFirstStandIn(xml) {
  const alias = xml.search(
    /<alias name=['"]ua-[0-9a-f]{4,8}-[0-9a-f]{2}-[0-9a-f]{2}-[0-7]['"]\/>\s*<address type=['"]pci['"][^>]*\/>\s*<\/(video|interface|rng)>/,
  );
  const address = /<address type=['"]pci['"][^>]*\/>/;
  return alias < 0
    ? xml
    : xml.slice(0, alias) +
        xml
          .slice(alias)
          .replace(address, '<address type="pci" domain="0x0000" bus="0x00" slot="0x1c" function="0x0"/>');
}
