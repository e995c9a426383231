import { UNTIL_STARTED } from "../guest/until-started";
import { BOOT_COPY, ENVIRONMENT, MANIFEST, NCCL_CONF, TMPFILES_CONF } from "./files";

/**
 * The one script that reads what NCCL finds on a guest: POSIX sh, for dash, bash and busybox, with cat, ls, grep, readlink
 * and sha256sum. It writes nothing, and prints parts that begin with a byte 1 and the part's name; `parseRuntime`
 * understands them. `GPUDIRECT_ROOT` is a directory to read from in place of `/`. `topologyFile` is a word of sh already.
 *
 * - A file that is there and cannot be read ends the script: taken for missing, it would be written anew.
 * - GIDs and partition keys that are not set read as zeros; a type that is not set cannot be read at all
 *   (linux drivers/infiniband/core/sysfs.c). Port directories have several files, so grep names each.
 */
export const observeScript = (topologyFile: string): string => `topology=${topologyFile}\n${SCRIPT}`;

const SCRIPT = String.raw`R=\${GPUDIRECT_ROOT:-}
LC_ALL=C
export LC_ALL
${UNTIL_STARTED}
mark() { printf '\001%s\n' "$1"; }
file() {
  [ -e "$R$2" ] || return 0
  mark "$1"
  cat "$R$2" || exit 1
}
file topology "$topology"
if [ -f "$R$topology" ]; then
  mark topology-sum
  sha256sum <"$R$topology"
fi
file nccl-conf ${NCCL_CONF}
file environment ${ENVIRONMENT}
file tmpfiles-conf ${TMPFILES_CONF}
file manifest ${MANIFEST}
mark sums
for name in ${BOOT_COPY} ${TMPFILES_CONF}; do
  [ ! -f "$R$name" ] || echo "$(sha256sum <"$R$name") $name"
done

if cd "$R/sys/class/infiniband" 2>/dev/null; then
  mark rdma-links
  ls -ld * 2>/dev/null
  mark rdma-ports
  grep -s '' */parent */ports/*/link_layer */ports/*/state */ports/*/sm_lid /dev/null
  mark rdma-gids
  grep -sv '^0000:0000:0000:0000:0000:0000:0000:0000$' */ports/*/gids/* /dev/null
  mark rdma-gid-types
  grep -s '' */ports/*/gid_attrs/types/* /dev/null
  mark rdma-gid-interfaces
  grep -s '' */ports/*/gid_attrs/ndevs/* /dev/null
  mark rdma-pkeys
  grep -sv '^0x0000$' */ports/*/pkeys/* /dev/null
fi
if cd "$R/sys/class/net" 2>/dev/null; then
  mark net-links
  ls -ld * 2>/dev/null
fi
if cd "$R/sys/bus/pci/devices" 2>/dev/null; then
  mark pci
  grep -s '' */class */vendor /dev/null
fi
mark route4
cat "$R/proc/net/route" 2>/dev/null
mark route6
grep -s '^00000000000000000000000000000000 00 ' "$R/proc/net/ipv6_route"
mark init
[ ! -d "$R/run/systemd/system" ] || echo systemd
mark topology-daemon
for name in "$R"/etc/systemd/system/*.wants/nvidia-topologyd.service; do
  [ ! -L "$name" ] || echo enabled
done
grep -sx nvidia-topology "$R"/proc/[0-9]*/comm /dev/null
mark end
exit 0
`.replaceAll("\\${", "${");
