/** Where variables and files are kept on a guest. */

/** Read by NCCL itself: lines KEY=VALUE, the first of a name counts (nccl src/misc/param.cc, setEnvFile). */
export const NCCL_CONF = "/etc/nccl.conf";
/** Read by pam_env at a login: the last line of a name counts (pam_env.conf(5)). */
export const ENVIRONMENT = "/etc/environment";
/** Where the topology file lies over a boot: its own place is emptied then. */
export const BOOT_COPY = "/etc/gpudirect/nccl-topology.xml";
/** Tells systemd-tmpfiles to make the topology file at boot. */
export const TMPFILES_CONF = "/etc/tmpfiles.d/gpudirect-nccl.conf";
/** SHA-256 of both, as sha256sum prints it. */
export const MANIFEST = "/var/lib/gpudirect/nccl-runtime.sha256";
/** Files and folders that were not there before, a path a line: what is empty of these goes again. */
export const CREATED = "/var/lib/gpudirect/nccl-runtime.created";

/** Where this provider keeps what it knows of a guest. */
export const OWN_FOLDER = "/var/lib/gpudirect/";

/** Where NCCL looks for the topology file (nccl src/graph/topo.cc). */
export const DEFAULT_TOPOLOGY_FILE = "/var/run/nvidia-topologyd/virtualTopology.xml";

/** Which file a variable is kept in: NCCL reads its own file in every process, also in one that no login started. */
export const fileOf = (variable: string): typeof NCCL_CONF | typeof ENVIRONMENT =>
  variable.startsWith("NCCL_") ? NCCL_CONF : ENVIRONMENT;
