import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** What config space of a fake function holds. */
export interface FakeCapabilities {
  /** Device/port type of the PCI Express capability: 0 endpoint, 4 root port, 5 upstream, 6 downstream, 7 to PCI. */
  portType?: number;
  acs?: boolean;
  ats?: boolean;
  totalVfs?: number;
  /** 16 hexadecimal digits. */
  serial?: string;
}

/** A tree of /sys, /proc and /dev in a directory, as the kernel would show it. */
export class FakeMachine {
  constructor(readonly root: string) {}

  file(path: string, text: string | Buffer): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }

  link(path: string, target: string): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    symlinkSync(relative(dirname(full), join(this.root, target)), full);
  }

  directory(path: string): void {
    mkdirSync(join(this.root, path), { recursive: true });
  }

  /**
   * A PCI function below /sys/devices, its link below /sys/bus/pci, its attributes and config space; `path` is like
   * `pci0000:15/0000:15:01.0`. `config` false is a machine without root, of whose config space 64 bytes are readable.
   */
  pci(path: string, attributes: Record<string, string>, capabilities: FakeCapabilities, config: boolean = true): void {
    const address = path.slice(path.lastIndexOf("/") + 1);
    const full = `sys/devices/${path}`;
    this.link(`sys/bus/pci/devices/${address}`, full);
    for (const [name, value] of Object.entries(attributes)) this.file(`${full}/${name}`, `${value}\n`);
    this.file(`${full}/config`, configSpace(capabilities).subarray(0, config ? 4096 : 64));
  }

  pciLink(path: string, name: string, target: string): void {
    this.link(`sys/devices/${path}/${name}`, `sys/${target}`);
  }
}

/** Six lines of a `resource` file: [size, flags] by BAR number. */
export function resourceFile(bars: Record<number, [size: number, flags: number]>): string {
  const hex = (value: bigint) => `0x${value.toString(16).padStart(16, "0")}`;
  return Array.from({ length: 13 }, (_, index) => {
    const [size, flags] = bars[index] ?? [0, 0];
    const start = size === 0 ? 0n : 0x380000000000n;
    return `${hex(start)} ${hex(size === 0 ? 0n : start + BigInt(size) - 1n)} ${hex(BigInt(flags))}`;
  }).join("\n");
}

/** Config space with a PCI Express capability at 40h and extended ones from 100h on. */
function configSpace({ portType, acs, ats, totalVfs, serial }: FakeCapabilities): Buffer {
  const bytes = Buffer.alloc(portType === undefined ? 256 : 4096);
  bytes[0x06] = 0x10;
  if (portType === undefined) return bytes;
  bytes[0x34] = 0x40;
  bytes.writeUInt8(0x10, 0x40);
  bytes.writeUInt16LE(0x0002 | (portType << 4), 0x42);
  const capabilities: [id: number, fill: (at: number) => void][] = [[0x0001, () => undefined]];
  if (serial)
    capabilities.push([
      0x0003,
      (at) =>
        Buffer.from(serial, "hex")
          .reverse()
          .copy(bytes, at + 4),
    ]);
  if (acs) capabilities.push([0x000d, () => undefined]);
  if (ats) capabilities.push([0x000f, () => undefined]);
  if (totalVfs !== undefined) capabilities.push([0x0010, (at) => bytes.writeUInt16LE(totalVfs, at + 0x0e)]);
  capabilities.forEach(([id, fill], index) => {
    const at = 0x100 + index * 0x48;
    const next = index + 1 < capabilities.length ? at + 0x48 : 0;
    bytes.writeUInt32LE(id + (1 << 16) + next * 2 ** 20, at);
    fill(at);
  });
  return bytes;
}
