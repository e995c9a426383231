import { shellWord } from "../../core/shell-word";

/**
 * The libvirt connection as a word of the machine's shell: the one given, else the machine's own LIBVIRT_DEFAULT_URI, else
 * the system's daemon. virsh's own default would be the session's for users other than root.
 */
export const connectionOf = (libvirtUri: string | undefined): string =>
  libvirtUri === undefined ? `"\${LIBVIRT_DEFAULT_URI:-qemu:///system}"` : shellWord(libvirtUri);
