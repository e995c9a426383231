import { GPU_RECORD } from "../own-files";
import { REPRESENTOR } from "../representor";

/**
 * Functions of sh that make one setting each, for the script of an update and for the one of each boot: POSIX sh, for dash,
 * bash and busybox. `set_setting KIND ADDRESS NAME VALUE` ends with 0 where it is so now, 1 where it could not be made, 2
 * where it could not even be tried, 3 where the device does not support it; `$said` is then why, and `$absent` says of 2 that
 * the device or its driver is not there now. What is so already is not touched: rings reset the link. The value "-" is what
 * a device has without any setting. KIND is sysctl (ADDRESS: its file below /proc/sys), interface or gpu.
 *
 * - MaxReadReq is bits 14:12 of Device Control, CAP_EXP+8 (PCI Express Base Specification, 7.5.3.4); the others stay.
 * - mlnx_qos: `--trust`, `--pfc 0,0,0,1,…`, `--dscp2prio set,DSCP,PRIORITY` or `del,…` (MLNX_EN, "Quality of Service").
 * - nvidia-smi ends with 3 where a GPU lacks an operation and with 13 where the library does, with 6, 9 and 12 where it finds
 *   no GPU, driver or library (its man page, RETURN VALUE). With 0 and "Treating as warning and moving on" it has not set
 *   anything: because that is not supported, or has been deprecated (nvml.h, NVML_ERROR_DEPRECATED), else by an error. An
 *   option that it does not know ends in "Invalid combination of input arguments" or "is not a recognized …". A mere notice
 *   that an option is deprecated says nothing of what was set. A wrong combination of clocks "is not supported" too, and is an
 *   error.
 * - Beside an adapter's own interfaces lie representors, and IPoIB's interfaces of further partitions, which have a parent.
 */
export const SETTERS = String.raw`R=\${GPUDIRECT_ROOT:-}
LC_ALL=C
[ -n "$R" ] || PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export LC_ALL PATH
said= absent=
tab=$(printf '\t')

has() {
  command -v "$1" > /dev/null 2>&1 || { said="there is no program $1; install it ($2) and put it on PATH"; return 2; }
}
words() {
  set -f
  set -- $(cat "$1" 2> /dev/null)
  set +f
  echo "$*"
}
write_kernel() {
  said=$(printf '%s\n' "$2" | { cat > "$1"; } 2>&1)
}
interfaces_of() {
  for net in "$R/sys/bus/pci/devices/$1"/net/* "$R/sys/bus/pci/devices/$1"/virtio*/net/*; do
    [ -d "$net" ] || continue
    [ ! -e "$net/parent" ] || continue
    if cat "$net/phys_port_name" 2> /dev/null | grep -qxE '${REPRESENTOR}'; then continue; fi
    echo "\${net##*/}"
  done
}
need_interfaces() {
  interfaces=$(interfaces_of "$1")
  [ -n "$interfaces" ] || { said="the adapter has no network interface now" absent=1; return 2; }
}

set_sysctl() {
  case /$1/ in *//* | */./* | */../*) said="it is no name of a parameter"; return 2 ;; esac
  file=$R/proc/sys/$1
  [ -e "$file" ] || { said="this kernel does not have it"; return 2; }
  [ "$(words "$file")" != "$2" ] || return 0
  write_kernel "$file" "$2" || return 1
  [ "$(words "$file")" = "$2" ] || { said="the kernel keeps $(words "$file")"; return 1; }
}
set_mtu() {
  need_interfaces "$1" || return
  for interface in $interfaces; do
    file=$R/sys/class/net/$interface/mtu
    [ "$(words "$file")" != "$2" ] || continue
    if command -v ip > /dev/null 2>&1; then said=$(ip link set dev "$interface" mtu "$2" 2>&1 < /dev/null)
    else write_kernel "$file" "$2"; fi || return 1
    [ "$(words "$file")" = "$2" ] || { said="$interface keeps $(words "$file")"; return 1; }
  done
}
set_queue_length() {
  need_interfaces "$1" || return
  for interface in $interfaces; do
    file=$R/sys/class/net/$interface/tx_queue_len
    [ "$(words "$file")" != "$2" ] || continue
    write_kernel "$file" "$2" || return 1
    [ "$(words "$file")" = "$2" ] || { said="$interface keeps $(words "$file")"; return 1; }
  done
}
ring_now() {
  ethtool -g "$1" 2> /dev/null < /dev/null | awk -v ring="$2:" '/^Current/ { on = 1 } on && toupper($1) == toupper(ring) && $2 ~ /^[0-9]+$/ { print $2; exit }'
}
set_ring() {
  has ethtool 'package ethtool' && need_interfaces "$1" || return
  for interface in $interfaces; do
    [ "$(ring_now "$interface" "$2")" != "$3" ] || continue
    said=$(ethtool -G "$interface" "$2" "$3" 2>&1 < /dev/null) || return 1
    [ "$(ring_now "$interface" "$2")" = "$3" ] || { said="$interface keeps $(ring_now "$interface" "$2")"; return 1; }
  done
}
read_request() {
  said=$(setpci -s "$1" CAP_EXP+8.w 2>&1 < /dev/null) || return 1
  case $said in *[!0-9a-fA-F]* | '') return 1 ;; esac
  size=$((128 << (0x$said >> 12 & 7)))
}
set_read_request() {
  has setpci 'package pciutils' || return
  read_request "$1" || { [ -e "$R/sys/bus/pci/devices/$1" ] || absent=1; return 2; }
  [ "$size" != "$2" ] || return 0
  bits=0
  while [ $((128 << bits)) -lt "$2" ]; do bits=$((bits + 1)); done
  said=$(setpci -s "$1" "CAP_EXP+8.w=\${bits}000:7000" 2>&1 < /dev/null) || return 1
  read_request "$1" || return 1
  [ "$size" = "$2" ] || { said="it keeps $size"; return 1; }
}
qos() {
  address=$1
  shift
  has mlnx_qos "NVIDIA's MLNX_OFED or DOCA-Host" && need_interfaces "$address" || return
  for interface in $interfaces; do
    said=$(mlnx_qos -i "$interface" "$@" 2>&1 < /dev/null) || return 1
  done
}
set_pfc() {
  list=
  for priority in 0 1 2 3 4 5 6 7; do
    case ,$2, in *,$priority,*) list=$list,1 ;; *) list=$list,0 ;; esac
  done
  qos "$1" --pfc "\${list#,}"
}
set_dscp() {
  adapter=$1
  for mapping in $(echo "$2" | tr , ' '); do
    case $mapping in
      *=*) qos "$adapter" --dscp2prio "set,\${mapping%=*},\${mapping#*=}" || return ;;
      *!*) qos "$adapter" --dscp2prio "del,\${mapping%!*},\${mapping#*!}" || return ;;
    esac
  done
}

smi() {
  has nvidia-smi "NVIDIA's driver" || return
  said=$(nvidia-smi -i "$@" 2>&1 < /dev/null)
  code=$?
  case $said in
    *[Cc]lock\ combination*) return 1 ;;
    *[Nn]ot\ [Ss]upported* | *unctionality\ has\ been\ deprecated*) return 3 ;;
    *Invalid\ combination\ of\ input\ arguments* | *is\ not\ a\ recognized* | *is\ not\ recognized*) return 3 ;;
    *Treating\ as\ warning*) return 1 ;;
    *deprecated*) [ "$code" = 0 ] || return 3 ;;
  esac
  case $code in
    0) ;;
    3 | 13) return 3 ;;
    6 | 9 | 12) absent=1; return 2 ;;
    *) return 1 ;;
  esac
}
set_application_clocks() {
  smi "$1" -rac || return
  [ "$2" = - ] || smi "$1" -ac "$2"
}
set_gpu() {
  case $2=$3 in
    persistence=true) smi "$1" -pm 1 ;;
    persistence=false) smi "$1" -pm 0 ;;
    persistence=-) ;;
    applicationClocks=*) set_application_clocks "$1" "$3" ;;
    lockedGpuClock=-) smi "$1" -rgc ;;
    lockedGpuClock=*) smi "$1" -lgc "$3,$3" ;;
    lockedMemoryClock=-) smi "$1" -rmc ;;
    lockedMemoryClock=*) smi "$1" -lmc "$3,$3" ;;
    cudaClocks=true) smi "$1" -cc 1 ;;
    cudaClocks=*) smi "$1" -cc 0 ;;
    *) said="it is no setting of a GPU"; return 1 ;;
  esac
}

records=$(cat "$R${GPU_RECORD}" 2> /dev/null)
record() {
  records=$(printf '%s\n' "$records" | awk -F '\t' -v gpu="$1" -v name="$2" 'NF > 2 && !($1 == gpu && $2 == name)'
    [ -z "$3" ] || printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$(printf '%s' "$4" | tr '\t\n' '  ')")
}
record_gpu() {
  case $4.$2=$3 in
    3.*) record "$1" "$2" unsupported "$(printf '%s\n' "$said" | grep -v '^Treating as\|^All done' | head -n 1)" ;;
    0.locked*=- | 0.cudaClocks=-) record "$1" "$2" '' ;;
    0.locked* | 0.cudaClocks*) record "$1" "$2" set "$3" ;;
    0.*) record "$1" "$2" '' ;;
  esac
}

set_setting() {
  said= absent=
  case $1.$3=$4 in
    sysctl.*=- | interface.*=-) ;;
    sysctl.*) set_sysctl "$2" "$4" ;;
    interface.mtu=*) set_mtu "$2" "$4" ;;
    interface.txQueueLength=*) set_queue_length "$2" "$4" ;;
    interface.rxRing=*) set_ring "$2" rx "$4" ;;
    interface.txRing=*) set_ring "$2" tx "$4" ;;
    interface.maxReadRequest=*) set_read_request "$2" "$4" ;;
    interface.trust=*) qos "$2" --trust "$4" ;;
    interface.pfcPriorities=*) set_pfc "$2" "$4" ;;
    interface.dscpPriorities=*) set_dscp "$2" "$4" ;;
    gpu.*)
      set_gpu "$2" "$3" "$4"
      set -- "$@" "$?"
      record_gpu "$2" "$3" "$4" "$5"
      return "$5"
      ;;
    *) said="it is no setting of $1"; return 1 ;;
  esac
}
`.replaceAll("\\${", "${");
