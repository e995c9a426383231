import type { NicValues } from "./live-values";

/** What the seed asks for, S30 to S38, as it would be typed; nothing here comes from the provider. */
export const SEED_SYSCTLS: Readonly<Record<string, string>> = {
  "net.ipv4.conf.all.arp_filter": "1",
  "net.ipv4.conf.default.arp_filter": "1",
  "net.ipv4.conf.all.arp_ignore": "2",
  "net.ipv4.conf.default.arp_ignore": "2",
  "net.ipv4.conf.all.arp_announce": "1",
  "net.ipv4.conf.default.arp_announce": "1",
  "net.ipv4.tcp_timestamps": "0",
  "net.ipv4.tcp_sack": "1",
  "net.core.rmem_max": "4194304",
  "net.core.wmem_max": "4194304",
  "net.core.rmem_default": "4194304",
  "net.core.wmem_default": "4194304",
  "net.core.optmem_max": "4194304",
  "net.ipv4.tcp_rmem": "4096 87380 4194304",
  "net.ipv4.tcp_wmem": "4096 65536 4194304",
  "net.ipv4.tcp_low_latency": "1",
};

const tuned = (rx: number, tx: number): NicValues => ({
  mtu: 9000,
  txqueuelen: 10_000,
  rx,
  tx,
  maxReadReq: 4096,
});

/**
 * S16 and S26 to S29 of the data NICs, rings as long as the devices take them: vmxnet3 rounds its receive ring of 4096 down to a
 * multiple of 96 where the MTU is 9000.
 */
export const SEED_NICS: Readonly<Record<string, NicValues>> = {
  enp2s0: tuned(4032, 4096),
  enp3s0: tuned(4032, 4096),
  enp4s0: tuned(256, 256),
};

/** A value of each that nobody asks for and the kernel takes. */
export const OTHER_SYSCTLS: Readonly<Record<string, string>> = {
  "net.ipv4.conf.all.arp_filter": "0",
  "net.ipv4.conf.default.arp_filter": "0",
  "net.ipv4.conf.all.arp_ignore": "1",
  "net.ipv4.conf.default.arp_ignore": "1",
  "net.ipv4.conf.all.arp_announce": "2",
  "net.ipv4.conf.default.arp_announce": "2",
  "net.ipv4.tcp_timestamps": "1",
  "net.ipv4.tcp_sack": "0",
  "net.core.rmem_max": "1048576",
  "net.core.wmem_max": "1048576",
  "net.core.rmem_default": "262144",
  "net.core.wmem_default": "262144",
  "net.core.optmem_max": "65536",
  "net.ipv4.tcp_rmem": "4096 65536 1048576",
  "net.ipv4.tcp_wmem": "4096 16384 1048576",
  "net.ipv4.tcp_low_latency": "0",
};
