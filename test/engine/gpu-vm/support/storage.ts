import { mkdirSync, writeFileSync } from "node:fs";
import { virsh } from "../../support/virsh";

/** A directory pool of libvirt with empty volumes, and a network, of which nothing is in use by others. */
export class Storage {
  readonly pool: string;
  readonly network: string;

  /** @param name begins the names of all that is made; @param folder an empty place for the pool */
  constructor(
    name: string,
    private readonly folder: string,
    { pool = `${name}-pool`, network = `${name}-net` }: { pool?: string; network?: string } = {},
  ) {
    this.pool = pool;
    this.network = network;
  }

  create(...volumes: string[]): void {
    mkdirSync(this.folder, { recursive: true });
    virsh("pool-define-as", this.pool, "dir", "--target", this.folder);
    virsh("pool-start", this.pool);
    for (const volume of volumes) virsh("vol-create-as", this.pool, volume, "1M", "--format", "qcow2");
    virsh("net-define", "--file", this.networkFile());
  }

  get poolId(): string {
    return virsh("pool-uuid", this.pool).trim();
  }

  get networkId(): string {
    return virsh("net-uuid", this.network).trim();
  }

  /** libvirt's key of a volume: in a directory pool its path. */
  volumeId(volume: string): string {
    return virsh("vol-key", "--pool", this.pool, volume).trim();
  }

  discard(): void {
    const ignoring = (...args: string[]) => {
      try {
        virsh(...args);
      } catch {
        // It was never made.
      }
    };
    ignoring("pool-destroy", this.pool);
    ignoring("pool-undefine", this.pool);
    ignoring("net-destroy", this.network);
    ignoring("net-undefine", this.network);
  }

  private networkFile(): string {
    const file = `${this.folder}.network.xml`;
    writeFileSync(file, `<network><name>${this.network}</name></network>`);
    return file;
  }
}
