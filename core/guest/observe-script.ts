import { GPU_RECORD, MANIFEST, SETTINGS_FILE, SYSCTL_FILE } from "./own-files";
import { REPRESENTOR } from "./representor";
import { UNTIL_STARTED } from "./until-started";

/** What one look at a system is to ask beside what it always asks. */
export interface TuningQuestion {
  /** Names of kernel parameters. */
  readonly sysctls: readonly string[];
  /** Whether the driver is asked for its GPUs: seconds for each, where nobody holds it open. */
  readonly gpus: boolean;
  /** Whether adapters are asked for their RoCE QoS, a program of Python for each interface. */
  readonly qos: boolean;
}

/** Programs that settings need, in the order in which they are told; the script asks for more, which are aids. */
export const PROGRAMS = ["ethtool", "setpci", "nvidia-smi", "mlnx_qos"] as const;

/** What decides where a system's programs are: sshd and sudo may give a PATH without the folders of system programs. */
const PREAMBLE = String.raw`R=\${GPUDIRECT_ROOT:-}
LC_ALL=C
[ -n "$R" ] || PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
section() { echo "### $1"; }
has() { command -v "$1" > /dev/null 2>&1; }
`;

const SYSTEM = `
section programs
for name in ${PROGRAMS.join(" ")} ip udevadm nmcli systemctl sha256sum ifup nv-fabricmanager; do
  if has "$name"; then echo "$name"; fi
done
section init
if [ -d "$R/run/systemd/system" ]; then echo systemd; fi
section kernel
cat "$R/proc/sys/kernel/osrelease" 2> /dev/null
section modules
if cd "$R/sys/module" 2> /dev/null; then ls -d nvidia nvidia_peermem nv_peer_mem 2> /dev/null; fi
section limits
if cd "$R/etc/security" 2> /dev/null; then
  for file in limits.conf limits.d/*.conf; do
    if [ -f "$file" ]; then awk '$1 !~ /^#/ && $3 == "memlock"' "$file" 2> /dev/null; fi
  done
fi
section init-limit
grep -s 'Max locked memory' "$R/proc/1/limits"
section lockdown
cat "$R/sys/kernel/security/lockdown" 2> /dev/null
`;

/** The first 256 bytes of config space have the PCI Express capability; without root the kernel gives 64. */
const PCI = String.raw`
if cd "$R/sys/bus/pci/devices" 2> /dev/null; then
  section pci-links
  ls -ld */driver */physfn 2> /dev/null
  section pci-attributes
  grep -s '' */class */vendor */device /dev/null
  section pci-config
  for name in $(grep -ls '^0x02' */class /dev/null); do
    name=\${name%/class}
    echo "@ $name/config"
    od -A x -t x1 -N 256 "$name/config" 2> /dev/null
  done
fi
`;

/** sudo takes SSH_CONNECTION out of the environment: then a process further up has it. */
const NETWORK = String.raw`
if cd "$R/sys/class/net" 2> /dev/null; then
  section net-links
  ls -ld * */lower_* */master */device/driver 2> /dev/null
  section bonds
  ls -d */bonding 2> /dev/null
  section net-attributes
  grep -s '' */mtu */tx_queue_len */type */ifindex */phys_port_name */mode */parent /dev/null
  section rings
  for name in *; do
    case $(readlink "$name") in */pci[0-9a-f]*) ;; *) continue ;; esac
    if has ethtool; then
      echo "@ $name"
      ethtool -g "$name" < /dev/null 2> /dev/null
    fi
  done
fi
section ip-links
if has ip; then ip -d -o link show < /dev/null 2> /dev/null | grep maxmtu; fi
if cd "$R/sys/class/infiniband" 2> /dev/null; then
  section rdma-links
  ls -ld * 2> /dev/null
  section rdma-attributes
  grep -s '' */parent */ports/1/gid_attrs/ndevs/0 /dev/null
fi
section route4
awk 'NR <= 4096' "$R/proc/net/route" 2> /dev/null
section route6
awk 'NR <= 4096' "$R/proc/net/ipv6_route" 2> /dev/null
if has ip; then
  for family in 4 6; do
    section "table-routes$family"
    ip -o -$family route show table all < /dev/null 2> /dev/null |
      awk '$1 == "local" { if (own++ < 4096) print; next } $1 !~ /^(broadcast|multicast|anycast)$/ && others++ < 4096'
  done
fi
section ssh
came=\${SSH_CONNECTION:-}
pid=$PPID
while [ -z "$came" ] && [ "\${pid:-0}" -gt 1 ]; do
  came=$(cat "$R/proc/$pid/environ" 2> /dev/null | tr '\000' '\n' | sed -n 's/^SSH_CONNECTION=//p')
  pid=$(awk '$1 == "PPid:" { print $2 }' "$R/proc/$pid/status" 2> /dev/null)
done
echo "$came"
`;

/** Of representors mlnx_qos tells what their adapter has, or an error. */
const QOS = `
section qos
if has mlnx_qos && cd "$R/sys/class/net" 2> /dev/null; then
  for name in *; do
    case $(readlink "$name/device/driver") in */mlx5_core) ;; *) continue ;; esac
    if cat "$name/phys_port_name" 2> /dev/null | grep -qxE '${REPRESENTOR}'; then continue; fi
    echo "@ $name"
    mlnx_qos -i "$name" < /dev/null 2> /dev/null
  done
fi
`;

/**
 * Who configures interfaces. networkd's files of links outlive it, so it is asked whether it runs. Of ifupdown the files
 * count that /etc/network/interfaces sources (interfaces(5)), and stanzas only where its programs are.
 */
const OWNERS = String.raw`
section networkd
if has systemctl && [ "$(systemctl is-active systemd-networkd < /dev/null 2> /dev/null)" = active ] &&
  cd "$R/run/systemd/netif/links" 2> /dev/null; then
  grep -s -e '^NETWORK_FILE=' -e '^ADMIN_STATE=' * /dev/null
fi
section network-manager
if has nmcli; then nmcli -t -f DEVICE,STATE,CON-UUID,CONNECTION device status < /dev/null 2> /dev/null; fi
section ifupdown
if has ifup && cd "$R/etc/network" 2> /dev/null; then
  stanzas() {
    if [ -f "$1" ]; then
      case $1 in /*) echo "@ \${1#"$R"}" ;; *) echo "@ /etc/network/$1" ;; esac
      awk '$1 == "iface" { print $1, $2 }' "$1" 2> /dev/null
    fi
  }
  stanzas interfaces
  awk '$1 == "source" { print $2 } $1 == "source-directory" { print $2 "/*" }' interfaces 2> /dev/null |
    while read -r pattern; do
      case $pattern in /*) pattern=$R$pattern ;; esac
      for file in $pattern; do stanzas "$file"; done
    done
  section ifupdown-state
  cat "$R/run/network/ifstate" "$R"/run/network/ifstate.* 2> /dev/null
fi
`;

/**
 * Three calls of nvidia-smi: a name of a field that a driver does not know fails the whole call, and those of application
 * clocks come and go. `pci.bus_id` and `gpu_bus_id` name the same in the two kinds of query.
 */
const CARDS = `
if has nvidia-smi; then
  csv=--format=csv,noheader,nounits
  section smi-cards
  nvidia-smi --query-gpu=index,pci.bus_id,driver_version,persistence_mode,clocks.max.memory,clocks.max.graphics,name $csv < /dev/null 2>&1
  section smi-application-clocks
  nvidia-smi --query-gpu=pci.bus_id,clocks.applications.memory,clocks.applications.graphics $csv < /dev/null 2>&1
  section smi-supported-clocks
  nvidia-smi --query-supported-clocks=gpu_bus_id,memory,graphics $csv < /dev/null 2>&1
fi
`;

const GPUS = `
section nvidia-version
grep -s 'NVRM version' "$R/proc/driver/nvidia/version"
section gpu-record
grep -s '^[0-9a-f]*:' "$R${GPU_RECORD}"
section fabric-manager
if has systemctl; then systemctl is-active nvidia-fabricmanager < /dev/null 2> /dev/null; fi
if grep -qs '^nv-fabricmanage' "$R"/proc/[0-9]*/comm; then echo active; fi
section fabric-manager-version
if has nv-fabricmanager; then nv-fabricmanager --version < /dev/null 2>&1 | grep -i version; fi
`;

/** Settings as they will be made at the next boot. */
const AT_BOOT = `
section boot-settings
grep -s -e '^interface ' -e '^gpu ' "$R${SETTINGS_FILE}"
section boot-sysctls
grep -s -v '^#' "$R${SYSCTL_FILE}"
`;

/** sha256sum says nothing of files that are as they were; a manifest of no use is itself what is harmed. */
const MANIFEST_CHECK = String.raw`
section manifest
if [ -f "$R${MANIFEST}" ]; then
  echo present
  if has sha256sum; then
    bad=$(sed "s|^\([0-9a-f]*  \)/|\1$R/|" "$R${MANIFEST}" | sha256sum -c 2> /dev/null | grep -v ': OK$')
    whole=$(grep -c '^[0-9a-f]\{64\}  /' "$R${MANIFEST}")
    all=$(grep -c '' "$R${MANIFEST}")
    if [ "$whole" = 0 ] || [ "$whole" != "$all" ]; then echo "bad ${MANIFEST}"; fi
    if [ -n "$bad" ]; then printf '%s\n' "$bad" | sed -e 's/: FAILED.*$//' -e "s|^$R/|/|" -e 's/^/bad /'; fi
  fi
fi
section end
exit 0
`;

/** A name is a word of sh here; names with other characters are no parameters of the kernel. */
const SYSCTL_NAME = /^[A-Za-z0-9_@:./-]+$/;

/**
 * The file of a parameter below /proc/sys. Where the first separator is a dot, dots part the name and slashes stand for dots
 * of interface names; where it is a slash, the name is the path (sysctl(8), sysctl.d(5)).
 */
export function sysctlFile(name: string): string {
  if (/^[^./]*\//.test(name)) return name;
  return name.replace(/[./]/g, (separator) => (separator === "." ? "/" : "."));
}

/** Whether the file of a name is one below /proc/sys. sysctl.d(5) has a meaning of its own for a leading "-". */
export function isBelowProcSys(name: string): boolean {
  const parts = sysctlFile(name).split("/");
  return !name.startsWith("-") && parts.every((part) => part !== "" && part !== "." && part !== "..");
}

function sysctlSection(names: readonly string[]): string {
  const lines = names
    .filter((name) => SYSCTL_NAME.test(name) && isBelowProcSys(name))
    .map((name) => `parameter '${name}' '${sysctlFile(name)}'`);
  return String.raw`
section sysctls
parameter() {
  if [ -f "$R/proc/sys/$2" ]; then printf '%s %s\n' "$1" "$(cat "$R/proc/sys/$2" 2> /dev/null | tr -s '[:space:]' ' ')"; fi
}
${lines.join("\n")}
`;
}

/**
 * The one script that reads all that tuning decides by: POSIX sh, for dash, bash and busybox. It changes nothing, and prints
 * sections that begin with `### NAME` and end with `### end`; `parseReading` understands them. A program or a fact that is
 * not there prints nothing. `GPUDIRECT_ROOT` is a directory to read /sys, /proc, /etc, /run and /var from.
 */
export function observeScript({ sysctls, gpus, qos }: TuningQuestion): string {
  const always = [PREAMBLE, UNTIL_STARTED, SYSTEM, PCI, NETWORK, sysctlSection(sysctls), OWNERS, GPUS];
  const asked = [...(qos ? [QOS] : []), ...(gpus ? [CARDS] : [])];
  const parts = [...always, ...asked, AT_BOOT, MANIFEST_CHECK];
  return parts.join("").replaceAll("\\${", "${");
}
