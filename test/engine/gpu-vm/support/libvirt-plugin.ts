import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as provider from "@pulumi/pulumi/provider";
import { virsh } from "../../support/virsh";

/**
 * A provider of the types that the libvirt provider has, so far as the example uses them. It makes them in the real
 * libvirt; ids are those of that provider (its docs/resources, v0.9.7): UUIDs of pools and networks, keys of volumes.
 */
type Made = { readonly id: string; readonly outs: Record<string, unknown> };
interface Kind {
  create(inputs: Inputs): Made;
  delete(outs: Inputs): void;
}
// biome-ignore lint/suspicious/noExplicitAny: properties as they come over the wire
type Inputs = Record<string, any>;

const pool: Kind = {
  create(inputs) {
    mkdirSync(inputs.target.path, { recursive: true });
    virsh("pool-define-as", inputs.name, inputs.type, "--target", inputs.target.path);
    virsh("pool-start", inputs.name);
    const uuid = virsh("pool-uuid", inputs.name).trim();
    return { id: uuid, outs: { ...inputs, uuid } };
  },
  delete({ name }) {
    virsh("pool-destroy", name);
    virsh("pool-undefine", name);
  },
};

const volume: Kind = {
  create(inputs) {
    const { name, pool: on, target, create } = inputs;
    virsh("vol-create-as", on, name, "1M", "--format", target.format.type);
    if (target.format.type === "raw") virsh("vol-upload", "--pool", on, name, create.content.url);
    const [key, path] = ["vol-key", "vol-path"].map((of) => virsh(of, "--pool", on, name).trim());
    return { id: key ?? "", outs: { ...inputs, key, path } };
  },
  delete: ({ pool: on, name }) => virsh("vol-delete", "--pool", on, name),
};

const network: Kind = {
  /** Without addresses and forwarding, which need more than libvirt alone. */
  create(inputs) {
    const file = join(tmpdir(), `${randomUUID()}.xml`);
    writeFileSync(file, `<network><name>${inputs.name}</name></network>`);
    virsh("net-define", file);
    rmSync(file);
    virsh("net-start", inputs.name);
    const uuid = virsh("net-uuid", inputs.name).trim();
    return { id: uuid, outs: { ...inputs, uuid } };
  },
  delete({ name }) {
    virsh("net-destroy", name);
    virsh("net-undefine", name);
  },
};

const cloudinitDisk: Kind = {
  create(inputs) {
    const path = join(tmpdir(), `${randomUUID()}.iso`);
    writeFileSync(path, inputs.userData);
    return { id: randomUUID(), outs: { ...inputs, path, size: inputs.userData.length } };
  },
  delete: ({ path }) => rmSync(path, { force: true }),
};

const KINDS: Record<string, Kind> = {
  "libvirt:index/pool:Pool": pool,
  "libvirt:index/volume:Volume": volume,
  "libvirt:index/network:Network": network,
  "libvirt:index/cloudinitDisk:CloudinitDisk": cloudinitDisk,
};

function kindOf(urn: string): Kind {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const kind = KINDS[type];
  if (!kind) throw new Error(`the test provider has no type ${type}`);
  return kind;
}

void provider.main(
  {
    version: "0.9.7",
    check: async (_urn, _olds, news) => ({ inputs: news }),
    diff: async () => ({ changes: false }),
    create: async (urn, inputs) => kindOf(urn).create(inputs),
    delete: async (_id, urn, outs) => kindOf(urn).delete(outs),
  },
  process.argv.slice(2),
);
