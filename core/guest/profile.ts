import type { GpuSettings, NicSettings } from "./settings";
import type { TuningInputs } from "./tuning-shape";

/** A kernel parameter of the profile: the line of the seed that asks for it, its value, and what it does. */
export interface ProfileSysctl {
  readonly seed: `S${number}`;
  readonly value: string;
  readonly meaning: string;
}

const BUFFER = "4194304";
const BOTH_SCOPES = ["all", "default"] as const;

/** A parameter of all interfaces that are, and of those that come. */
const ofInterfaces = (name: string, row: ProfileSysctl): [string, ProfileSysctl][] =>
  BOTH_SCOPES.map((scope) => [`net.ipv4.conf.${scope}.${name}`, row]);

const ofCore = (name: string, meaning: string): [string, ProfileSysctl] => [
  `net.core.${name}`,
  { seed: "S35", value: BUFFER, meaning },
];

/**
 * Kernel parameters, as the seed has them. Meanings: linux Documentation/networking/ip-sysctl.rst and
 * Documentation/admin-guide/sysctl/net.rst. Several interfaces of one subnet answer for each other's addresses unless ARP is
 * kept to the interface that has the address: S30 to S32.
 */
export const PROFILE_SYSCTLS: Readonly<Record<string, ProfileSysctl>> = Object.fromEntries([
  ...ofInterfaces("arp_filter", {
    seed: "S30",
    value: "1",
    meaning: "answers ARP on the interface that a packet to the asker would leave by",
  }),
  ...ofInterfaces("arp_ignore", {
    seed: "S31",
    value: "2",
    meaning: "answers ARP for addresses of the receiving interface alone, to askers of its subnet",
  }),
  ...ofInterfaces("arp_announce", {
    seed: "S32",
    value: "1",
    meaning: "asks by ARP with an address of the asked subnet where there is one",
  }),
  ["net.ipv4.tcp_timestamps", { seed: "S33", value: "0", meaning: "no time stamps in TCP headers" }],
  ["net.ipv4.tcp_sack", { seed: "S34", value: "1", meaning: "selective acknowledgements" }],
  ofCore("rmem_max", "largest receive buffer of a socket, in bytes"),
  ofCore("wmem_max", "largest send buffer of a socket, in bytes"),
  ofCore("rmem_default", "receive buffer of a socket that asks for none, in bytes"),
  ofCore("wmem_default", "send buffer of a socket that asks for none, in bytes"),
  ofCore("optmem_max", "largest ancillary buffer of a socket, in bytes"),
  [
    "net.ipv4.tcp_rmem",
    { seed: "S36", value: `4096 87380 ${BUFFER}`, meaning: "TCP receive buffer: smallest, first, largest, in bytes" },
  ],
  [
    "net.ipv4.tcp_wmem",
    { seed: "S37", value: `4096 65536 ${BUFFER}`, meaning: "TCP send buffer: smallest, first, largest, in bytes" },
  ],
  [
    "net.ipv4.tcp_low_latency",
    { seed: "S38", value: "1", meaning: "TCP prefers latency to throughput; without effect since Linux 4.14" },
  ],
] satisfies [string, ProfileSysctl][]);

/** S26 to S29, and S16 as the guest sees it: each adapter's own maximum, where it is below that of the seed. */
export const PROFILE_NIC: NicSettings = {
  mtu: 9000,
  txQueueLength: 10_000,
  rxRing: "max",
  txRing: "max",
  maxReadRequest: 4096,
};

/** S39 to S43. */
export const PROFILE_GPU: GpuSettings = {
  persistence: true,
  applicationClocks: "max",
  lockedGpuClock: "max",
  lockedMemoryClock: "max",
  cudaClocks: true,
};

/** For `imply`: the fields that the profile fills, in full. Fields that are not known yet are left alone. */
export function withProfile(
  inputs: Partial<TuningInputs>,
): Partial<Pick<TuningInputs, "nicSettings" | "gpuSettings" | "sysctls">> {
  const { profile, nicSettings, gpuSettings, sysctls } = inputs;
  if (profile !== "gpudirect") return {};
  const values = Object.entries(PROFILE_SYSCTLS).map(([name, { value }]) => [name, value]);
  return {
    ...(nicSettings === undefined ? {} : { nicSettings: { ...PROFILE_NIC, ...nicSettings } }),
    ...(gpuSettings === undefined ? {} : { gpuSettings: { ...PROFILE_GPU, ...gpuSettings } }),
    ...(sysctls === undefined ? {} : { sysctls: { ...Object.fromEntries(values), ...sysctls } }),
  };
}

/** Whether a parameter is wanted because of the profile. One that the user names with the profile's value counts so. */
export const isProfileSysctl = (profile: unknown, name: string, value: unknown): boolean =>
  profile === "gpudirect" && Object.hasOwn(PROFILE_SYSCTLS, name) && PROFILE_SYSCTLS[name]?.value === value;

/** Whether a setting of all adapters is wanted because of the profile. */
export const isProfileNicSetting = (profile: unknown, name: keyof NicSettings, value: unknown): boolean =>
  profile === "gpudirect" && PROFILE_NIC[name] !== undefined && PROFILE_NIC[name] === value;
