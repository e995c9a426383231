import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "..", "..");

describe("the npm package", () => {
  const project = mkdtempSync(join(tmpdir(), "gpudirect-package-"));
  const home = join(project, "node_modules", "pulumi-gpudirect");
  after(() => rmSync(project, { recursive: true }));

  before(() => {
    const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", project], { cwd: root });
    mkdirSync(home, { recursive: true });
    const archive = packed.toString().trim().split("\n").at(-1) ?? "";
    execFileSync("tar", ["-xzf", join(project, archive), "-C", home, "--strip-components=1"]);
    // All that a user has beside it: the peer dependency.
    symlinkSync(join(root, "node_modules", "@pulumi"), join(project, "node_modules", "@pulumi"));
  });
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd: project }).toString();

  it("gives a program its components, resources and functions", () => {
    const print = 'console.log(Object.keys(require("pulumi-gpudirect")).sort().join())';
    const expected =
      "Bios,Domain,GpuVm,GuestTuning,HostBaseline,NcclRuntime,NicFirmware,Provider,config,getHostTopology,getHostTopologyOutput,planGuest,planGuestOutput,types";
    assert.equal(run("node", "-e", print).trim(), expected);
  });

  it("type-checks in a strict program", () => {
    const program = join(project, "index.ts");
    const text =
      'import { GpuVm } from "pulumi-gpudirect"; export const vm = new GpuVm("train", { gpus: 4 }).guestAddresses;';
    execFileSync("sh", ["-c", 'cat > "$0"', program], { input: text });
    const types = join(root, "node_modules", "@types");
    run(
      join(root, "node_modules", ".bin", "tsc"),
      "--noEmit",
      "--strict",
      "--target",
      "es2022",
      "--module",
      "commonjs",
      "--typeRoots",
      types,
      "--types",
      "node",
      program,
    );
  });

  it("carries the command line and the provider, which need nothing beside them", () => {
    assert.match(run(join(home, "bin", "gpudirect"), "help"), /gpudirect plan HOST/);
    const schema = run("pulumi", "package", "get-schema", join(home, "bin", "pulumi-resource-gpudirect"));
    assert.equal(JSON.parse(schema).name, "gpudirect");
  });
});
