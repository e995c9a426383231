import { MANIFEST, SETTINGS_FILE, SYSCTL_FILE } from "../own-files";

/**
 * Files of this provider on a tuned system. Nobody else's file is written, and each of these has "gpudirect" in its path:
 * what has not is never removed.
 */
export const UDEV_RULES = "/etc/udev/rules.d/99-zz-gpudirect.rules";
export const BOOT_SCRIPT_FILE = "/usr/local/sbin/gpudirect-guest-tuning";

const UNITS = "/etc/systemd/system";
const WANTED = `${UNITS}/multi-user.target.wants`;
export const BOOT_UNIT = "gpudirect-guest-tuning.service";
export const LINKS_UNIT = "gpudirect-guest-tuning-links.service";
export const LINKS_WATCH = "gpudirect-guest-tuning-links.path";
export const unitFile = (unit: string): string => `${UNITS}/${unit}`;
/** The symbolic link that enables a unit (systemd.unit(5), WantedBy=). */
export const unitLink = (unit: string): string => `${WANTED}/${unit}`;

export const NETWORKMANAGER_HOOK = "/etc/NetworkManager/dispatcher.d/99-zz-gpudirect";
export const IFUPDOWN_HOOK = "/etc/network/if-up.d/zz-gpudirect";
export const DHCLIENT_HOOK = "/etc/dhcp/dhclient-exit-hooks.d/zz-gpudirect";

const NETWORKS = "/etc/systemd/network";
const DROP_IN = "99-zz-gpudirect.conf";
/** A drop-in below /etc counts for a .network file in /run and /usr/lib too (systemd.network(5)). */
export const networkDropIn = (networkFile: string): string =>
  `${NETWORKS}/${networkFile.slice(networkFile.lastIndexOf("/") + 1)}.d/${DROP_IN}`;
export const NETWORK_DROP_INS = `${NETWORKS}/*.network.d/${DROP_IN}`;

/** All that may be there, the manifest last. */
export const FIXED_FILES: readonly string[] = [
  SYSCTL_FILE,
  UDEV_RULES,
  SETTINGS_FILE,
  BOOT_SCRIPT_FILE,
  unitFile(BOOT_UNIT),
  unitLink(BOOT_UNIT),
  unitFile(LINKS_UNIT),
  unitFile(LINKS_WATCH),
  unitLink(LINKS_WATCH),
  NETWORKMANAGER_HOOK,
  IFUPDOWN_HOOK,
  DHCLIENT_HOOK,
  MANIFEST,
];
