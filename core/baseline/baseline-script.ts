import { STATE_DIRECTORY } from "../ownership/state-directory";

/**
 * The script that reads a host's identity and facts in one round trip: POSIX sh; writes nothing. Sections as those of the
 * topology's probe. `GPUDIRECT_ROOT` is a directory to read /sys, /proc and /etc from. The UEFI variable holds four bytes
 * of attributes before its value (Linux efivarfs), a 16-bit number (UEFI specification, 3.3).
 */
export const BASELINE_SCRIPT = String.raw`R=\${GPUDIRECT_ROOT:-}
LC_ALL=C
export LC_ALL
section() { echo "### $1"; }
${STATE_DIRECTORY}
section path
echo "$state/baseline.json"
section recorded
cat "$state/baseline.json" 2>/dev/null
echo
section dmi
if cd "$R/sys/class/dmi" 2>/dev/null; then
  for name in sys_vendor product_name product_serial product_uuid bios_version bios_date; do
    grep -s '' id/$name /dev/null
  done
fi
section cpu
grep -s -m 1 '^vendor_id' "$R/proc/cpuinfo"
grep -s -m 1 '^model name' "$R/proc/cpuinfo"
section nodes
ls -d "$R"/sys/devices/system/node/node[0-9]* 2>/dev/null
section pci
if cd "$R/sys/bus/pci/devices" 2>/dev/null; then
  grep -s '' */vendor */class /dev/null
fi
section acpi
ls "$R/sys/firmware/acpi/tables" 2>/dev/null
section iommu-groups
ls "$R/sys/kernel/iommu_groups" 2>/dev/null
section lockdown
cat "$R/sys/kernel/security/lockdown" 2>/dev/null
section boot-id
cat "$R/proc/sys/kernel/random/boot_id" 2>/dev/null
section kernel
cat "$R/proc/sys/kernel/osrelease" 2>/dev/null
section cmdline
cat "$R/proc/cmdline" 2>/dev/null
section efi
[ -d "$R/sys/firmware/efi" ] && echo yes
section efi-boot-current
od -A n -t u1 -j 4 -N 2 "$R"/sys/firmware/efi/efivars/BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c 2>/dev/null
section grub-default
grep -s '^GRUB_DEFAULT=' "$R/etc/default/grub"
section grub-environment
[ -n "$R" ] || grub-editenv - list 2>/dev/null || grub2-editenv - list 2>/dev/null
section end
exit 0
`.replaceAll("\\${", "${");
