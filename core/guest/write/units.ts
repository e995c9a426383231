import { SETTINGS_FILE } from "../own-files";
import { BOOT_SCRIPT_FILE, BOOT_UNIT, LINKS_UNIT, LINKS_WATCH, unitFile } from "./paths";
import { MARK, type OwnFile } from "./persistent-files";

/** Makes all settings at boot, when whoever else sets them has done so. */
export const bootUnit: OwnFile = {
  path: unitFile(BOOT_UNIT),
  mode: "644",
  text: `${MARK}
[Unit]
Description=Settings of network adapters and GPUs for GPUDirect RDMA
After=network.target systemd-sysctl.service nvidia-persistenced.service nvidia-fabricmanager.service
ConditionPathExists=${SETTINGS_FILE}

[Service]
Type=oneshot
ExecStart=${BOOT_SCRIPT_FILE}
TimeoutStartSec=300

[Install]
WantedBy=multi-user.target`,
};

/**
 * networkd runs no hooks. It rewrites a link's file in /run/systemd/netif/links whenever it has configured it (systemd
 * src/network/networkd-state-file.c): that is watched.
 */
export const linksWatch: OwnFile = {
  path: unitFile(LINKS_WATCH),
  mode: "644",
  text: `${MARK}
[Unit]
Description=Links that systemd-networkd has configured anew

[Path]
PathChanged=/run/systemd/netif/links
Unit=${LINKS_UNIT}

[Install]
WantedBy=multi-user.target`,
};

/** Every link that comes starts it, of which there may be many at once. */
export const linksUnit: OwnFile = {
  path: unitFile(LINKS_UNIT),
  mode: "644",
  text: `${MARK}
[Unit]
Description=MTU of network adapters for GPUDirect RDMA
ConditionPathExists=${SETTINGS_FILE}
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=${BOOT_SCRIPT_FILE} links`,
};
