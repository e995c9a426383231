import type { AdapterFacts } from "../settings";
import { BOOT_SCRIPT_FILE, DHCLIENT_HOOK, IFUPDOWN_HOOK, NETWORKMANAGER_HOOK, networkDropIn } from "./paths";
import type { PersistedSetting } from "./persisted";
import { MARK, type OwnFile } from "./persistent-files";

/** What tells the owners of interfaces of their MTU, so that a reconnect or a reload does not take it back. */
export interface OwnerFiles {
  /** Files that are written whatever is there. */
  readonly files: readonly OwnFile[];
  /** Files that are written where the folder that they lie in is there. */
  readonly hooks: readonly OwnFile[];
  /**
   * Drop-ins of .network files. One is written only where its .network file can match no other interface, for it would
   * change that one too; elsewhere the links are watched instead.
   */
  readonly dropIns: readonly { readonly networkFile: string; readonly file: OwnFile }[];
}

type Adapters = Readonly<Record<string, Pick<AdapterFacts, "owner" | "ownerProfile">>>;

export function ownerFiles(settings: readonly PersistedSetting[], adapters: Adapters): OwnerFiles {
  const mtus = settings.filter(({ kind, name }) => kind === "interface" && name === "mtu");
  const owned = mtus.map(({ address, value }) => ({ value, ...adapters[address] }));
  const has = (owner: string) => owned.some((one) => one.owner === owner);
  return {
    files: [...(has("NetworkManager") ? [networkManagerHook] : []), ...(has("ifupdown") ? [ifupdownHook] : [])],
    hooks: has("ifupdown") ? [dhclientHook] : [],
    dropIns: owned.flatMap(({ owner, ownerProfile, value }) =>
      owner === "networkd" && ownerProfile !== undefined ? [dropIn(ownerProfile, value)] : [],
    ),
  };
}

/** A drop-in of the file in force: the rest of it, what netplan renders too, stays (systemd.network(5)). */
const dropIn = (networkFile: string, mtu: string) => ({
  networkFile,
  file: {
    path: networkDropIn(networkFile),
    mode: "644" as const,
    text: `${MARK}\n[Link]\nMTUBytes=${mtu}`,
  },
});

/**
 * NetworkManager sets the MTU of a connection, or of a lease, once each time that a device is activated or a lease brings
 * another one, and leaves what is set after that alone (src/core/devices/nm-device.c, _commit_mtu). So a connection's
 * own MTU needs no edit: these are the moments after which ours is set (NetworkManager-dispatcher(8)).
 */
const networkManagerHook: OwnFile = {
  path: NETWORKMANAGER_HOOK,
  mode: "755",
  text: `#!/bin/sh
${MARK}
case $2 in
  up | dhcp4-change | dhcp6-change | reapply) ${BOOT_SCRIPT_FILE} interface "$1" ;;
esac`,
};

/** A stanza's own mtu is set before these run (interfaces(5)). A hook that fails would fail the whole ifup. */
const ifupdownHook: OwnFile = {
  path: IFUPDOWN_HOOK,
  mode: "755",
  text: `#!/bin/sh
${MARK}
${BOOT_SCRIPT_FILE} interface "$IFACE" || :`,
};

/** dhclient-script sources it after it has set the MTU of a lease (dhclient-script(8)); it must not exit. */
const dhclientHook: OwnFile = {
  path: DHCLIENT_HOOK,
  mode: "644",
  text: `${MARK}
case $reason in
  BOUND | RENEW | REBIND | REBOOT) ${BOOT_SCRIPT_FILE} interface "$interface" || : ;;
esac`,
};
