import type { PciBar, PciDevice } from "./model";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

const wide = (index: number, sizeBytes: number): PciBar => ({ index, sizeBytes, is64Bit: true, prefetchable: true });
/** NVIDIA GPUs up to Ampere: registers, the memory window, and a third BAR. */
const untilAmpere = (windowBytes: number): PciBar[] => [
  { index: 0, sizeBytes: 16 * MIB, is64Bit: false, prefetchable: false },
  wide(1, windowBytes),
  wide(3, 32 * MIB),
];
/** NVIDIA GPUs of the Hopper generation: all BARs are 64-bit and prefetchable. */
const hopper = (windowBytes: number): PciBar[] => [wide(0, 16 * MIB), wide(2, windowBytes), wide(4, 32 * MIB)];

/**
 * BARs by vendor and device id, for hosts whose source has none. As lspci, dmesg or config space of such devices showed
 * them in public; ids of names by pci.ids. A device that is not here has no known BARs: nothing is guessed.
 */
const KNOWN_BARS: Readonly<Record<string, readonly PciBar[]>> = {
  // V100 SXM2 16 GB: ComputeCanada/puppet-magic_castle#268
  "10de:1db1": untilAmpere(16 * GIB),
  // A100 SXM4 40 GB: triton-inference-server/server#4154, ComputeCanada/puppet-magic_castle#268
  "10de:20b0": untilAmpere(64 * GIB),
  // A100 PCIe 40 GB: kata-containers/kata-containers#4358
  "10de:20f1": untilAmpere(64 * GIB),
  // H20: NVIDIA/nvtrust#128
  "10de:2329": hopper(128 * GIB),
  // H100 SXM5 80 GB: sizes from fastfetch-cli/fastfetch#1658, id and BAR types from topofmind.dev/notes/sysadmin/gpu
  "10de:2330": hopper(128 * GIB),
  // ConnectX-6 Dx: NVIDIA/l2fwd-nv#6
  "15b3:101d": [wide(0, 32 * MIB)],
  // ConnectX-6 Lx: cnblogs.com/lybinger/p/9754158.html
  "15b3:101f": [wide(0, 32 * MIB)],
};

/** BARs of a device: those of its source, else those known of its ids; undefined where neither is there. */
export function barsOf(device: Pick<PciDevice, "bars" | "vendor" | "device">): readonly PciBar[] | undefined {
  return device.bars ?? KNOWN_BARS[`${device.vendor}:${device.device}`];
}
