/** Files of this provider on a tuned system that a look at it reads too. */

/** The manifest of all files that are to last, in sha256sum's format. */
export const MANIFEST = "/var/lib/gpudirect/guest-tuning.sha256";

/** Kernel parameters. The name sorts after 99-sysctl.conf, so that its values are the last ones (sysctl.d(5)). */
export const SYSCTL_FILE = "/etc/sysctl.d/99-zz-gpudirect.conf";

/** Settings of adapters and GPUs that are made at each boot: lines `KIND ADDRESS SETTING VALUE`. */
export const SETTINGS_FILE = "/etc/gpudirect/guest-tuning.conf";

/**
 * What was set of GPUs that their driver cannot tell, until the next boot. Lines `ADDRESS<TAB>SETTING<TAB>set|unsupported
 * <TAB>TEXT`: SETTING is a key of gpuSettings, TEXT the value or the card's own message.
 */
export const GPU_RECORD = "/run/gpudirect/gpu-settings";
