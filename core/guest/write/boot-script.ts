import { GPU_RECORD, SETTINGS_FILE } from "../own-files";
import { SETTERS } from "./setters";

/**
 * The script that makes adapters' and GPUs' settings again, the same on every system: at boot all of them, for udev those of
 * one adapter, for hooks of the network's owner MTU and queue length of one interface (or, of networkd, of all). A
 * setting that cannot be made keeps no other from being made. A device that is not there yet is no failure: udev runs the
 * script once more when it comes.
 */
export const BOOT_SCRIPT = String.raw`#!/bin/sh
# Written by pulumi-gpudirect, which owns this file: changes to it are drift.
# Makes the settings of ${SETTINGS_FILE}:
#   gpudirect-guest-tuning                  all of them
#   gpudirect-guest-tuning adapter ADDRESS  those of the network adapter
#   gpudirect-guest-tuning interface NAME   MTU and queue length of the adapter that has the interface
#   gpudirect-guest-tuning links            MTU and queue length of all adapters
${SETTERS}
mode=\${1:-all}
device=\${2:-}
failed=0
is_wanted() {
  case $mode in
    all) return 0 ;;
    adapter) [ "$1" = interface ] && [ "$2" = "$device" ] ;;
    interface | links)
      case $1.$3 in interface.mtu | interface.txQueueLength) ;; *) return 1 ;; esac
      [ "$mode" = links ] || interfaces_of "$2" | grep -qxF -e "$device"
      ;;
    *) echo "usage: $0 [adapter ADDRESS | interface NAME | links]" >&2; exit 2 ;;
  esac
}
while read -r kind address name value <&3; do
  case $kind in interface | gpu) ;; *) continue ;; esac
  is_wanted "$kind" "$address" "$name" || continue
  set_setting "$kind" "$address" "$name" "$value"
  case $?$absent in
    0) ;;
    3 | 21) echo "$kind $address $name $value: left out: $said" ;;
    *) echo "$kind $address $name $value: $said" >&2; failed=1 ;;
  esac
done 3< "$R${SETTINGS_FILE}"
if [ "$mode" = all ] && [ -z "$records" ]; then rm -f "$R${GPU_RECORD}"
elif [ "$mode" = all ]; then
  mkdir -p "$R${GPU_RECORD.slice(0, GPU_RECORD.lastIndexOf("/"))}" && printf '%s\n' "$records" > "$R${GPU_RECORD}.new" &&
    mv -f "$R${GPU_RECORD}.new" "$R${GPU_RECORD}" || failed=1
fi
exit "$failed"`.replaceAll("\\${", "${");
