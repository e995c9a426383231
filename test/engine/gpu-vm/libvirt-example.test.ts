import { deepEqual, equal, match } from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { components } from "../support/components";
import { guestBoot, ROOT } from "../support/environment";
import { mustEnd, Stack, UNKNOWN } from "../support/stack";
import { nameOf } from "../support/state";
import { definitionOf, domains, stateOf, virsh } from "../support/virsh";
import { installLibvirt } from "./support/libvirt-package";
import { Storage } from "./support/storage";

const EXAMPLE = join(ROOT, "examples", "gpu-vm-with-libvirt", "index.ts");

/** The example as the JavaScript that a project elsewhere runs. */
function example(): string {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(readFileSync(EXAMPLE, "utf8"), { compilerOptions });
  const placed = outputText.replace('"../../components"', JSON.stringify(components()));
  if (placed === outputText) throw new Error("the example does not use the components");
  return placed;
}

describe("the example with the libvirt provider's pool, volumes and network", function () {
  // A guest boots here without KVM, beside other tests.
  this.timeout(180_000);
  const stack = new Stack();
  const name = stack.name("vm");
  const storage = new Storage(name, stack.file("unused"), { pool: `${name}-images`, network: `${name}-lan` });

  before(async () => {
    await stack.init();
    const settings = stack.file("Pulumi.yaml");
    const project = JSON.parse(readFileSync(settings, "utf8"));
    project.plugins.providers.push(installLibvirt(stack.folder));
    writeFileSync(settings, JSON.stringify(project));
    // QEMU has a user of its own, which must get at the volumes.
    chmodSync(stack.folder, 0o755);
    const { kernel, initrd } = guestBoot();
    const own = { name, folder: stack.file("pool"), image: "https://example.com/image.qcow2", gpus: 2, rehearse: true };
    const hostFile = join(ROOT, "examples", "h100-rehearsal", "h100.host.json");
    const config = Object.entries({ ...own, hostFile, kernel, initrd });
    await stack.configure(Object.fromEntries(config.map(([key, value]) => [`${stack.project}:${key}`, value])));
    writeFileSync(stack.file("index.js"), example());
  });
  after(async () => {
    await stack.discard();
    storage.discard();
  });

  it("plans the machine while volumes and network have no ids yet", async () => {
    const { steps } = await stack.planned();
    const domain = steps.find(({ urn }) => urn.includes("gpudirect:index:Domain::"));
    const planned = (domain?.newState?.inputs ?? {}) as Record<string, Record<string, object>>;
    const { disks, interfaces, devices } = planned;
    deepEqual(disks?.root, { source: { volume: UNKNOWN }, format: "qcow2", readOnly: false });
    deepEqual(interfaces?.lan, { network: UNKNOWN });
    // Two GPUs, and the two NICs of their switch.
    equal(Object.keys(devices ?? {}).length, 4);
  });

  it("hands their ids to the domain, which has them by name and runs", async () => {
    await stack.mustUp();
    const { resources = [] } = await stack.state();
    const idOf = (wanted: string) => resources.find(({ urn }) => nameOf(urn) === wanted)?.id;
    const { inputs, outputs } = resources.find(({ type }) => type === "gpudirect:index:Domain") ?? {};
    for (const said of [inputs, outputs] as Record<string, Record<string, { source: object; network: string }>>[]) {
      deepEqual(said.disks?.root?.source, { volume: idOf("root") });
      deepEqual(said.disks?.seed?.source, { pool: idOf("images"), volume: "cloud-init.iso" });
      equal(said.interfaces?.lan?.network, idOf("lan"));
    }
    const xml = definitionOf(name);
    for (const source of [
      `pool='${storage.pool}' volume='root.qcow2'`,
      `pool='${storage.pool}' volume='cloud-init.iso'`,
      `network='${storage.network}'`,
    ]) {
      match(xml, new RegExp(`<source ${source}`));
    }
    equal(stateOf(name), "running");
    await stack.mustBeSettled();
  });

  it("takes the machine away before what it uses", async () => {
    mustEnd(await stack.destroy());
    equal(domains().includes(name), false);
    equal(virsh("pool-list", "--all", "--name").includes(storage.pool), false);
    equal(virsh("net-list", "--all", "--name").includes(storage.network), false);
  });
});
