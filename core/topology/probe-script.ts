/**
 * The one script that reads a machine's facts: POSIX sh, for dash, bash and busybox, with the programs cat, ls, grep,
 * awk and od alone, and ip where it is there. It writes nothing, and prints sections that begin with `### NAME` and end with `### end`; `readProbe`
 * understands them. A fact that is not there prints nothing. `GPUDIRECT_ROOT` is a directory to read /sys and /proc from.
 *
 * - One grep prints an attribute of all devices (`NAME/ATTRIBUTE:VALUE`), one ls all links: few processes, also with
 *   hundreds of functions. Config space costs one od per function: 4096 bytes hold all capabilities (PCIe base
 *   specification, 7.2), and od folds the zeros; without root the kernel gives 64 bytes (linux drivers/pci/pci-sysfs.c).
 * - `read` of busybox sees nothing in cpulist files, grep and cat do.
 */
export const PROBE_SCRIPT = String.raw`R=\${GPUDIRECT_ROOT:-}
LC_ALL=C
export LC_ALL
section() { echo "### $1"; }

if cd "$R/sys/bus/pci/devices" 2>/dev/null; then
  section pci-links
  ls -ld * */driver */iommu_group */physfn 2>/dev/null
  section pci-attributes
  for name in class vendor device subsystem_vendor subsystem_device numa_node sriov_totalvfs \
    max_link_speed max_link_width current_link_speed current_link_width; do
    grep -s '' */$name /dev/null
  done
  grep -s -m 6 '' */resource /dev/null
  section pci-config
  for name in */config; do
    echo "@ $name"
    od -A x -t x1 -N 4096 "$name" 2>/dev/null
  done
fi

section nodes
if cd "$R/sys/devices/system/node" 2>/dev/null; then
  grep -s '' node[0-9]*/cpulist node[0-9]*/distance \
    node[0-9]*/hugepages/*/nr_hugepages node[0-9]*/hugepages/*/free_hugepages /dev/null
  grep -s MemTotal node[0-9]*/meminfo /dev/null
fi
section cpus
if cd "$R/sys/devices/system/cpu" 2>/dev/null; then
  grep -s '' cpu[0-9]*/topology/thread_siblings_list cpu[0-9]*/topology/physical_package_id /dev/null
fi
section cpus-online
cat "$R/sys/devices/system/cpu/online" 2>/dev/null
section memory
grep -s MemTotal "$R/proc/meminfo"
section hugepages
if cd "$R/sys/kernel/mm/hugepages" 2>/dev/null; then
  grep -s '' */nr_hugepages */free_hugepages /dev/null
fi
section cpuinfo
grep -s -m 1 'address sizes' "$R/proc/cpuinfo"
section dmi
if cd "$R/sys/class/dmi" 2>/dev/null; then
  grep -s '' id/sys_vendor id/product_name /dev/null
fi
section cmdline
cat "$R/proc/cmdline" 2>/dev/null
section lockdown
cat "$R/sys/kernel/security/lockdown" 2>/dev/null

section mounts
awk '$5 == "/" || $5 == "/usr" || $5 == "/boot" || $5 == "/boot/efi" || $5 == "/efi"' "$R/proc/self/mountinfo" 2>/dev/null
section block-links
if cd "$R/sys/class/block" 2>/dev/null; then
  ls -ld * 2>/dev/null
  section block-slaves
  ls -d */slaves/* 2>/dev/null
  section block-numbers
  grep -s '' */dev /dev/null
fi
section device-mapper
if cd "$R/dev/mapper" 2>/dev/null; then
  ls -ld * 2>/dev/null
fi
section btrfs
if cd "$R/sys/fs/btrfs" 2>/dev/null; then
  ls -d */devices/* 2>/dev/null
fi
section nvme
if cd "$R/sys/class/nvme" 2>/dev/null; then
  ls -ld * 2>/dev/null
fi
if cd "$R/sys/class/nvme-subsystem" 2>/dev/null; then
  section nvme-subsystems
  ls -d */nvme* 2>/dev/null
fi
section net-links
if cd "$R/sys/class/net" 2>/dev/null; then
  ls -ld * */lower_* */device/driver 2>/dev/null
fi
section route4
awk 'NR <= 4096' "$R/proc/net/route" 2>/dev/null
section route6
awk 'NR <= 4096' "$R/proc/net/ipv6_route" 2>/dev/null
ip=
for file in "$R"/sbin/ip "$R"/usr/sbin/ip "$R"/bin/ip "$R"/usr/bin/ip; do
  if [ -z "$ip" ] && [ -x "$file" ]; then ip=$file; fi
done
if [ -n "$ip" ]; then
  for family in 4 6; do
    section "table-routes$family"
    "$ip" -o -$family route show table all < /dev/null 2>/dev/null |
      awk '$1 == "local" { if (own++ < 4096) print; next } $1 !~ /^(broadcast|multicast|anycast)$/ && others++ < 4096'
  done
fi
section ssh
echo "\${SSH_CONNECTION:-}"
section end
exit 0
`.replaceAll("\\${", "${");
