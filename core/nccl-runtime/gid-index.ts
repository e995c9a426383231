import { portName } from "./ports";
import type { RdmaDevice } from "./rdma-device";

type Gid = RdmaDevice["gids"][string];

/**
 * What is wrong with a GID index for RDMA devices, and what would fit; undefined where nothing is. RoCE v2 goes by IP, so
 * its GID must be an address of an interface; on InfiniBand ports NCCL does not read the index at all
 * (nccl src/transport/net_ib/connect.cc, ncclIbGetGidIndex).
 */
export function gidIndexProblem(index: number, devices: readonly RdmaDevice[]): string | undefined {
  const infiniBand = devices.filter(({ linkLayer }) => linkLayer === "infiniband");
  if (infiniBand.length > 0) {
    return `must not be set: ${names(infiniBand)} ${infiniBand.length > 1 ? "are" : "is"} InfiniBand, where NCCL takes no GID index; leave it out`;
  }
  const unfit = devices.filter(({ gids }) => !fits(gids[index]));
  if (unfit.length === 0) return undefined;
  const found = unfit.map((device) => `${portName(device)} ${whatIsAt(device, index)}`);
  const common = commonIndices(devices);
  const advice =
    common.length === 0
      ? "no index fits all; give each interface an address of the same kind, or leave the variable out"
      : `${common.join(", ")} ${common.length > 1 ? "fit" : "fits"} all; leave the variable out to let NCCL choose`;
  const has = devices.map((device) => `${portName(device)}: ${listing(device)}`);
  return `${found.join("; ")}. Of the devices in use, ${advice}. RoCE v2 GIDs with an interface: ${has.join("; ")}`;
}

/** Indices that fit all devices, those of IPv4 addresses first, link-local ones last. */
export function commonIndices(devices: readonly RdmaDevice[]): number[] {
  const [first, ...others] = devices;
  if (first === undefined) return [];
  const rank = (index: number) => Math.max(...devices.map(({ gids }) => order(gids[index]?.gid ?? "")));
  return Object.keys(first.gids)
    .map(Number)
    .filter((index) => fits(first.gids[index]) && others.every(({ gids }) => fits(gids[index])))
    .sort((a, b) => rank(a) - rank(b) || a - b);
}

const fits = (gid: Gid | undefined): boolean => gid?.type === "RoCE v2" && gid.interface !== undefined;

function whatIsAt({ gids }: RdmaDevice, index: number): string {
  const gid = gids[index];
  if (gid === undefined) return `has no GID ${index}`;
  if (gid.type !== "RoCE v2") return `has ${gid.type === "" ? "no RoCE v2" : gid.type} at ${index}`;
  return `has no interface at ${index}`;
}

/** ::ffff:a.b.c.d is IPv4, fe80:: is link-local. */
function order(gid: string): number {
  if (isIpv4(gid)) return 0;
  return gid.startsWith("fe80:") ? 2 : 1;
}
const isIpv4 = (gid: string): boolean => gid.startsWith("0000:0000:0000:0000:0000:ffff:");

function listing({ gids }: RdmaDevice): string {
  const fitting = Object.entries(gids).filter(([, gid]) => fits(gid));
  if (fitting.length === 0) return "none";
  return fitting.map(([index, { gid, interface: owner }]) => `${index} (${addressOf(gid)} of ${owner})`).join(", ");
}

function addressOf(gid: string): string {
  if (!isIpv4(gid)) return gid;
  const bytes = gid.slice(30).replace(":", "").match(/../g) ?? [];
  return bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
}

const names = (devices: readonly RdmaDevice[]): string => devices.map(portName).join(", ");
