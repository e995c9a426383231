#!/bin/sh
# Stands for programs of a tuned system, by the name that it is called by. State is in files below $GPUDIRECT_STATE. The call
# of number $FAIL_AT fails; that of number $BLOCK_AT waits for its end.
name=${0##*/}
state=$GPUDIRECT_STATE
root=$GPUDIRECT_ROOT

# Programs of the shell itself count where they write to the system's tree.
counts=1
case $name in
  cat) [ "$#" = 0 ] || counts= ;;
  rm | chmod | mv | cp | ln | mkdir) case $* in *gpudirect-new\ *gpudirect-old) counts= ;; esac ;;
esac
if [ -n "$counts" ]; then
  calls=0
  [ ! -f "$state.calls" ] || read -r calls < "$state.calls"
  calls=$((calls + 1))
  echo "$calls" > "$state.calls"
  echo "$name $*" >> "$state.log"
  if [ "$calls" = "${BLOCK_AT:-}" ]; then
    : > "$state.blocked"
    while :; do sleep 0.05; done
  fi
  if [ "$calls" = "${FAIL_AT:-}" ]; then
    [ "$name" = cat ] && [ ! -t 0 ] && /bin/cat > /dev/null
    echo "$name: No space left on device" >&2
    exit 1
  fi
fi

put() {
  [ -d "${1%/*}" ] || /bin/mkdir -p "${1%/*}"
  echo "$2" > "$1"
}
get() {
  [ ! -f "$1" ] || read -r line < "$1"
  echo "$line"
}
line=
case $name in
  ip) [ "$1" != link ] || put "$root/sys/class/net/$4/$5" "$6" ;;
  ethtool)
    if [ "$1" = -g ]; then
      printf 'Ring parameters for %s:\nPre-set maximums:\nRX:\t\t8192\nTX:\t\t8192\n' "$2"
      printf 'Current hardware settings:\nRX:\t\t%s\nRX Mini:\tn/a\nTX:\t\t%s\n' "$(get "$state/rings/$2.rx")" "$(get "$state/rings/$2.tx")"
    elif [ "$4" -gt 8192 ]; then
      echo 'netlink error: requested ring size exceeds maximum' >&2
      exit 1
    else
      put "$state/rings/$2.$3" "$4"
    fi
    ;;
  setpci)
    file=$state/pci/$2
    case $3 in
      *=*)
        set -- "${3#*=}"
        value=$((0x${1%:*})) mask=$((0x${1#*:}))
        put "$file" "$(printf %04x $((0x$(get "$file") & ~mask | value & mask)))"
        ;;
      *) get "$file" ;;
    esac
    ;;
  mlnx_qos)
    case $3 in
      --dscp2prio)
        dscp=${4#*,}
        case $4 in set,*) put "$state/qos/$2.dscp${dscp%,*}" "${dscp#*,}" ;; *) /bin/rm -f "$state/qos/$2.dscp${dscp%,*}" ;; esac
        ;;
      *) put "$state/qos/$2.${3#--}" "$4" ;;
    esac
    ;;
  nvidia-smi)
    file=$state/gpu/$2
    if [ -e "$file.lacks$3" ]; then
      echo "Setting clocks is not supported for GPU $2."
      echo 'Treating as warning and moving on.'
      echo 'All done.'
    else
      case $3 in
        -pm) put "$file-pm" "$4" ;;
        -cc) if [ "$4" = 1 ]; then put "$file-cc" 1; else /bin/rm -f "$file-cc"; fi ;;
        -ac | -lgc | -lmc)
          case $4 in *99999*)
            echo "Specified clock combination \"(MEM ${4%,*}, SM ${4#*,})\" is not supported for GPU $2."
            exit 2
            ;;
          esac
          put "$file$3" "$4"
          ;;
        -rac) /bin/rm -f "$file-ac" ;;
        -rgc) /bin/rm -f "$file-lgc" ;;
        -rmc) /bin/rm -f "$file-lmc" ;;
      esac
      echo 'All done.'
    fi
    ;;
  systemctl | udevadm) ;;
  *) exec "/bin/$name" "$@" ;;
esac
