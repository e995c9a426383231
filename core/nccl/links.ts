import type { PlacedDevice } from "../topology/walk";
import { LINK_SPEEDS } from "./file-laws";

/** A PCIe link as NCCL counts it. */
export interface Link {
  /** In GT/s, one of LINK_SPEEDS. */
  readonly speed: number;
  /** In lanes. */
  readonly width: number;
}

/** NCCL's own stand-in for a GPU whose link nobody knows (nccl src/graph/xml.cc, ncclTopoGetXmlFromSys). */
export const UNKNOWN_LINK: Link = { speed: 16, width: 16 };

/**
 * The link of a host function as NCCL on the host sees it: the slower speed and the smaller width of the function and
 * of the port above (nccl src/graph/xml.cc, ncclTopoGetXmlFromSys). Undefined where the host's facts lack it.
 */
export function hostLink({ device, bridges }: Pick<PlacedDevice, "device" | "bridges">): Link | undefined {
  const above = bridges.at(-1);
  const ends = above?.port === "root-port" || above?.port === "downstream-port" ? [device, above] : [device];
  const speeds = ends.flatMap(({ maxLinkSpeed }) =>
    maxLinkSpeed === undefined ? [] : [Number.parseFloat(maxLinkSpeed)],
  );
  const widths = ends.flatMap(({ maxLinkWidth }) => (maxLinkWidth === undefined ? [] : [maxLinkWidth]));
  if (speeds.length === 0 || widths.length === 0) return undefined;
  return { speed: knownSpeed(Math.min(...speeds)), width: Math.min(...widths) };
}

/**
 * The uplink of a host switch. 2.5 GT/s x1 is what an emulated switch reports (QEMU's x3130-upstream), so it is no
 * fact about the hardware: such an uplink, or one without facts, is as fast as the fastest link below it.
 */
export function uplink(placed: Pick<PlacedDevice, "device" | "bridges">, below: readonly Link[]): Link {
  const known = hostLink(placed);
  if (known && !(known.speed === 2.5 && known.width === 1)) return known;
  return below.reduce((best, link) => (bandwidth(link) > bandwidth(best) ? link : best), below[0] ?? UNKNOWN_LINK);
}

/** The spelling of sysfs, which is NCCL's (linux drivers/pci/probe.c, pci_speed_string). */
export function linkSpeedText({ speed }: Link): string {
  return `${speed.toFixed(1)} GT/s PCIe`;
}

const bandwidth = ({ speed, width }: Link): number => speed * width;

function knownSpeed(speed: number): number {
  return LINK_SPEEDS.findLast((known) => known <= speed) ?? (LINK_SPEEDS[0] as number);
}
