/** What one look at a host is to ask. */
export interface Look {
  /** The one adapter to ask; all of the host where it is absent. */
  readonly device?: string;
  /** Elements of arrays to ask it for, `NAME[0]`: a query of everything does not show them. */
  readonly elements?: readonly string[];
  /** Whether to list the parameters that the tool on the host knows. */
  readonly listing?: boolean;
}

/**
 * Functions of the scripts, in the folder of the PCI devices. Who holds a card: `$holders` has a line `PID PATH` for each
 * descriptor that a process has on a VFIO group (/dev/vfio/45, /dev/vfio/noiommu-0) or device (/dev/vfio/devices/vfio3);
 * `held_by CARD` prints the process that has one of any port of the card, virtual functions not counted. Nobody is looked
 * for where no device is bound to a VFIO driver. (ls heads each folder with its name where it is given more than one.)
 */
const COMMON = String.raw`R=\${GPUDIRECT_ROOT:-}
LC_ALL=C
export LC_ALL
mark() { printf '\n\001%s\n' "$*"; }
tool=
for name in mstconfig mlxconfig; do
  command -v "$name" > /dev/null 2>&1 || continue
  tool=\${tool:-$name}
  if "$name" -h < /dev/null 2> /dev/null | grep -e --json_format > /dev/null; then tool=$name json=1; break; fi
done
cd "$R/sys/bus/pci/devices" || exit 1
holders=
if ls -l */driver 2> /dev/null | grep -i vfio > /dev/null; then
  holders=$(ls -l /dev/null "$R"/proc/[0-9]*/fd 2> /dev/null | awk '
    /^\/.*\/fd:$/ { sub(/\/fd:$/, ""); sub(/.*\//, ""); pid = $0 }
    / -> .*\/vfio\/(noiommu-|devices\/vfio)?[0-9]+$/ { print pid, $NF }')
fi
held_by() {
  for port in "\${1%.0}".[0-7]; do
    [ -L "$port/physfn" ] && continue
    group=$(readlink "$port/iommu_group")
    for file in "vfio/\${group##*/}" "vfio/noiommu-\${group##*/}" "$port"/vfio-dev/*; do
      case $file in *'*') continue ;; */vfio-dev/*) file=vfio/devices/\${file##*/} ;; esac
      pid=$(printf '%s\n' "$holders" | awk -v end="/$file" 'substr($2, length($2) - length(end) + 1) == end { print $1; exit }')
      if [ -n "$pid" ]; then echo "$pid"; return; fi
    done
  done
}
`.replaceAll("\\${", "${");

/** All adapters: functions 0 of NVIDIA's network devices (vendor 15b3, class 02), virtual functions not. */
const CARDS = String.raw`
cards=
for card in $(grep -lsx 0x15b3 *.0/vendor); do
  card=\${card%/vendor}
  [ -L "$card/physfn" ] && continue
  case $(cat "$card/class") in 0x02*) ;; *) continue ;; esac
  [ -z "$only" ] || [ "$only" = "$card" ] || continue
  cards="$cards $card"
done
`.replaceAll("\\${", "${");

/**
 * Everything of each card at once, side by side; the answers are printed one after another. Vital product data are some
 * hundred bytes that the card itself gives out: of those in use they are not read either.
 */
const ASK = String.raw`
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
mark tool "$tool"
[ -z "$tool" ] || "$tool" -v < /dev/null 2> /dev/null
mark lockdown
cat "$R/sys/kernel/security/lockdown" 2> /dev/null
mark attributes
grep -s '' */vendor */device */class /dev/null
mark links
ls -ld */physfn 2> /dev/null
mark firmware
grep -s '' */infiniband/*/fw_ver */infiniband/*/board_id /dev/null
ask() {
  od -An -v -t x1 -N 4096 "$1/vpd" > "$dir/$1.vpd" 2> /dev/null
  if [ -n "$json" ]; then
    "$tool" -d "$1" -e -j "$dir/$1.json" query < /dev/null > "$dir/$1.said" 2>&1
  else
    "$tool" -d "$1" -e query < /dev/null > "$dir/$1.said" 2>&1
  fi
  echo $? > "$dir/$1.status"
}
for card in $cards; do
  pid=$(held_by "$card")
  if [ -n "$pid" ]; then
    mark held "$card" "$pid"
    tr '\000' '\n' < "$R/proc/$pid/cmdline" 2> /dev/null | awk 'found { print; exit } $0 == "-name" { found = 1 }'
    mark process "$pid"
    cat "$R/proc/$pid/comm" 2> /dev/null
  elif [ -n "$tool" ]; then
    ask "$card" &
    asked="$asked $card"
  fi
done
wait
for card in $asked; do
  mark said "$card" "$(cat "$dir/$card.status")"
  cat "$dir/$card.said"
  if [ -n "$json" ]; then
    mark json "$card"
    cat "$dir/$card.json" 2> /dev/null
  fi
  mark vpd "$card"
  cat "$dir/$card.vpd"
  for name in $elements; do
    mark element "$card" "$name"
    "$tool" -d "$card" -e query "$name" < /dev/null 2>&1
  done
  if [ -n "$listing" ]; then
    mark listing "$card"
    "$tool" -d "$card" show_confs < /dev/null 2>&1
  fi
done
mark end
exit 0
`;

/**
 * The script that reads a host's adapters: POSIX sh with ls, grep, awk, cat, tr, od, readlink and mktemp. It changes nothing,
 * and prints parts that begin with a line of \u0001, the part's name and its operands; `parseHostReading` understands
 * them. `GPUDIRECT_ROOT` is a directory to read /sys and /proc from.
 */
export function observeScript({ device = "", elements = [], listing = false }: Look): string {
  const asks = `only='${device}'\nelements='${elements.join(" ")}'\nlisting=${listing ? 1 : ""}\njson=\nasked=\n`;
  return `${asks}${COMMON}${CARDS}${ASK}`;
}

/** Exit code of `setScript` where a process holds the card. */
export const HELD_EXIT = 90;

/**
 * The script that sets parameters of a card in one call of the tool, unless a process has taken the card meanwhile. Device
 * and settings (NAME=VALUE) are words of sh already.
 */
export function setScript(tool: string, device: string, settings: readonly string[]): string {
  return `json=\n${COMMON}
pid=$(held_by ${device})
if [ -n "$pid" ]; then echo "process $pid"; exit ${HELD_EXIT}; fi
${tool} -d ${device} -y set ${settings.join(" ")} < /dev/null 2>&1
`;
}
