import { BOOT_COPY } from "./files";

/**
 * What /etc/tmpfiles.d is to hold so that the topology file is made again at each boot (tmpfiles.d(5)): C copies where
 * nothing is yet, so that a later run of systemd-tmpfiles leaves a newer file alone.
 */
export function tmpfilesConf(topologyFile: string): string {
  const path = bootPath(topologyFile);
  const folder = path.slice(0, path.lastIndexOf("/"));
  // Elsewhere, folders last, and their modes are their owner's.
  const made = /^\/run\/./.test(folder) ? [`d ${field(folder)} 0755 root root - -`] : [];
  const lines = ["# Made by pulumi-gpudirect.", ...made, `C ${field(path)} 0644 root root - ${BOOT_COPY}`];
  return `${lines.join("\n")}\n`;
}

/** systemd-tmpfiles takes no path below the link /var/run. */
export const bootPath = (path: string): string => path.replace(/^\/var\/run\//, "/run/");

/** Fields may be quoted, with C-style escapes; "%" begins a specifier. */
function field(path: string): string {
  const text = path.replaceAll("%", "%%");
  return /[\s"'\\]/.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : text;
}
