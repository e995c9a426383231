import type { AdapterFacts } from "./settings";

/**
 * vmxnet3 makes its receive ring a multiple of 32 times the buffers of one packet, at most 4096: one buffer of 3 KiB holds up to
 * 22 bytes of header and the MTU, what is above goes to pages of 4 KiB. Linux drivers/net/vmxnet3: vmxnet3_defs.h,
 * vmxnet3_adjust_rx_ring_size in vmxnet3_drv.c. Without this, an MTU of 9000 has 4032 where `ethtool -g` says 4096.
 */
const VMXNET3 = { driver: "vmxnet3", step: 32, buffer: 3072, header: 22, page: 4096 };

/** What the size of an adapter's ring is a multiple of at that MTU; its driver rounds other sizes. */
export function ringStep(
  { driver }: Pick<AdapterFacts, "driver">,
  ring: "rxRing" | "txRing",
  mtu: number | undefined,
): number {
  if (driver !== VMXNET3.driver || ring !== "rxRing" || mtu === undefined) return 1;
  const above = Math.max(0, mtu + VMXNET3.header - VMXNET3.buffer);
  return VMXNET3.step * (1 + Math.ceil(above / VMXNET3.page));
}

/** The largest ring of an adapter at that MTU; undefined where its driver has no ring sizes. */
export function largestRing(
  facts: Pick<AdapterFacts, "driver" | "rxRingMax" | "txRingMax">,
  ring: "rxRing" | "txRing",
  mtu: number | undefined,
): number | undefined {
  const reported = facts[`${ring}Max`];
  const step = ringStep(facts, ring, mtu);
  return reported === undefined ? undefined : Math.floor(reported / step) * step;
}
