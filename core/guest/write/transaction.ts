import { GPU_RECORD, MANIFEST } from "../own-files";
import { FIXED_FILES, LINKS_WATCH, NETWORK_DROP_INS, unitFile } from "./paths";

/**
 * Functions of sh of one transaction: everything is done, or nothing is and it is said why. It is undone by whatever ends it
 * before its end: a failure, a signal (a broken connection sends one), the end of the shell.
 *
 * 1. `stage` and `stage_link` make the files beside their places, with copies of those that they replace; `stage_removals`
 *    takes those in view that are not wanted any more. A full disk or a read-only file system ends it here.
 * 2. `place_files` renames them into place, the manifest last, and tells systemd and udev.
 * 3. `make_changes` makes the changes that `step NUMBER` names, one after another.
 * Files come before live values: where the machine dies between, the next look sees values that differ.
 *
 * Lists are lines, for names of files may hold blanks.
 */
export const TRANSACTION = String.raw`
umask 022
nl='
'
why='it ended early' about=persistent
left= staged= doomed= placed= created= wanted= manifest= units= rules= watch= done_steps= notes= committed=

fail() {
  why=$1
  exit 1
}
each() {
  rest=$1
  while [ -n "$rest" ]; do
    item=\${rest%%"$nl"*}
    rest=\${rest#*"$nl"}
    "$2" "$item"
  done
}
locate() {
  file=$R$1
  new=\${file%/*}/.\${1##*/}.gpudirect-new
  old=\${file%/*}/.\${1##*/}.gpudirect-old
}
is_there() { [ -e "$1" ] || [ -L "$1" ]; }
clear() {
  locate "$1"
  if is_there "$new" || is_there "$old"; then rm -f "$new" "$old"; fi
}

put_back() {
  locate "$1"
  if is_there "$old"; then said=$(mv -f -T "$old" "$file" 2>&1); else said=$(rm -f "$file" 2>&1); fi ||
    left="$left$1 is not as it was: $said$nl"
}
drop_folder() { rmdir "$1" 2> /dev/null; }
undo_step() {
  step "$1"
  set_setting "$kind" "$address" "$name" "$before"
  case $? in 0 | 3) return 0 ;; *) return 1 ;; esac
}
undo_steps() {
  again=
  for number in $done_steps; do undo_step "$number" || again="$number $again"; done
  # A driver may round a ring by the MTU, which is put back after it: so once more, in the order in which they were made.
  for number in $again; do
    undo_step "$number" || left="$left$path could not be put back to $before: $(one_line)$nl"
  done
}
undo() {
  undo_steps
  each "$placed" put_back
  each "$staged$doomed" clear
  each "$created" drop_folder
  tell_daemons || left="$left$said$nl"
  echo "$why" >&2
  if [ -z "$left" ]; then echo 'Nothing is set: what had been changed is again as it was' >&2
  else printf 'Not everything could be undone:\n%s' "$left" >&2; fi
}
finish() {
  ended=$?
  trap '' HUP INT TERM PIPE
  trap - EXIT
  [ -n "$committed" ] || undo
  exit "$ended"
}
trap finish EXIT
trap 'why="it was interrupted"; exit 143' HUP INT TERM PIPE

one_line() { printf '%s' "$said" | tr -s '\n\t' '  ' | sed 's/[. ]*$//'; }
cannot_write() { fail "$about: $1 could not be written: $(one_line). Make room, or make it writable, and update again"; }
make_folder() {
  [ ! -d "$1" ] || return 0
  ahead=\${1#"$R"/}
  at=$R
  while [ -n "$ahead" ]; do
    at=$at/\${ahead%%/*}
    case $ahead in */*) ahead=\${ahead#*/} ;; *) ahead= ;; esac
    [ ! -d "$at" ] || continue
    created="$at$nl$created"
    said=$(mkdir "$at" 2>&1) || cannot_write "\${at#"$R"}"
  done
}
keep_copy() {
  if is_there "$file"; then said=$(cp -pP "$file" "$old" 2>&1) || cannot_write "$1"; fi
}
put() {
  clear "$1"
  if [ -f "$file" ] && [ ! -L "$file" ] && [ "$(stat -c %a "$file")" = "$2" ] && [ "$(cat "$file")" = "$3" ]; then
    return
  fi
  make_folder "\${file%/*}"
  staged="$staged$1$nl"
  said=$(printf '%s\n' "$3" | { cat > "$new"; } 2>&1) || cannot_write "$1"
  said=$(chmod "$2" "$new" 2>&1) || cannot_write "$1"
  keep_copy "$1"
}
list() {
  wanted="$wanted$1$nl"
  locate "$2"
  [ -f "$new" ] || new=$file
  said=$(sha256sum < "$new" 2>&1) || fail "persistent: no checksum of $1 could be made: $(one_line)"
  manifest="$manifest\${said%% *}  $1$nl"
}
stage() {
  put "$@"
  list "$1" "$1"
}
stage_link() {
  clear "$1"
  if [ "$(readlink "$file" 2> /dev/null)" != "$2" ]; then
    make_folder "\${file%/*}"
    staged="$staged$1$nl"
    said=$(ln -s "$2" "$new" 2>&1) || cannot_write "$1"
    keep_copy "$1"
  fi
  list "$1" "$3"
}
stage_hook() {
  locate "$1"
  [ ! -d "\${file%/*}" ] || stage "$@"
}
doom() {
  case $1 in *gpudirect*) ;; *) return ;; esac
  case $nl$wanted$doomed in *"$nl$1$nl"*) return ;; esac
  clear "$1"
  is_there "$file" || return 0
  doomed="$doomed$1$nl"
  keep_copy "$1"
}
stage_removals() {
  for file in ${NETWORK_DROP_INS.replace(/^/, '"$R"')}; do
    ! is_there "$file" || doom "\${file#"$R"}"
  done
  each "$(sed -n 's/^[0-9a-f]*  //p' "$R${MANIFEST}" 2> /dev/null)$nl" doom
  each '${FIXED_FILES.join("\n")}
' doom
}
stage_manifest() {
  put '${MANIFEST}' 644 "\${manifest%"$nl"}"
  wanted="$wanted${MANIFEST}$nl"
}

notice() {
  case $1 in
    ${unitFile(LINKS_WATCH)}) units=1 watch=1 ;;
    /etc/systemd/system/*) units=1 ;;
    /etc/udev/*) rules=1 ;;
  esac
}
place() {
  placed="$1$nl$placed"
  notice "$1"
  locate "$1"
  said=$(mv -f -T "$new" "$file" 2>&1) || cannot_write "$1"
}
remove() {
  placed="$1$nl$placed"
  notice "$1"
  locate "$1"
  said=$(rm -f "$file" 2>&1) || fail "$about: $1 could not be removed: $(one_line). Make it writable and update again"
}
tell_daemons() {
  if [ -n "$rules" ]; then udevadm control --reload > /dev/null 2>&1 < /dev/null; fi
  [ -n "$units" ] && [ -d "$R/run/systemd/system" ] || return 0
  said=$(systemctl daemon-reload 2>&1 < /dev/null) || return 1
  [ -n "$watch" ] || return 0
  if [ -e "$R${unitFile(LINKS_WATCH)}" ]; then verb=start; else verb=stop; fi
  said=$(systemctl "$verb" ${LINKS_WATCH} 2>&1 < /dev/null)
}
flush() {
  locate "$1"
  sync "$new" 2> /dev/null
}
flush_folder() {
  locate "$1"
  sync "\${file%/*}" 2> /dev/null
}
place_files() {
  each "$staged" flush
  each "$doomed" remove
  each "$staged" place
  each "$placed" flush_folder
  tell_daemons || fail "persistent: systemd did not take the new units: $(one_line)"
}

advice() {
  case $1 in
    mtu) echo 'Ask for an MTU that the adapter takes: ip -d link show names its maxmtu' ;;
    rxRing | txRing) echo 'Ask for a size that the adapter takes: ethtool -g shows its maxima' ;;
    maxReadRequest) echo 'Ask for a size that the adapter takes. With Secure Boot the kernel lets nobody write PCI registers: turn that off, set nicSettings.maxReadRequest to the value that is there, or take profile "none" and leave it out' ;;
    trust | pfcPriorities | dscpPriorities) echo 'RoCE QoS is for ConnectX and BlueField adapters that the system itself controls: leave it out for others' ;;
    applicationClocks | locked*) echo 'Ask for clocks that the card has: nvidia-smi -q -d SUPPORTED_CLOCKS shows them' ;;
    persistence | cudaClocks) echo 'See what nvidia-smi tells of the card' ;;
    *) echo 'Ask for a value that the kernel takes, or leave it out' ;;
  esac
}
make_changes() {
  number=1
  while step "$number"; do
    done_steps="$number $done_steps"
    set_setting "$kind" "$address" "$name" "$value"
    ended=$?
    # What was not even tried needs no undoing, which would fail as well.
    [ "$ended" != 2 ] || done_steps=\${done_steps#"$number "}
    case $ended in
      0) ;;
      3) notes="$notes$path$tab$(printf '%s\n' "$said" | head -n 1)$nl" ;;
      *) fail "$path could not be set to $value: $(one_line). $(advice "$name")" ;;
    esac
    number=$((number + 1))
  done
}
save_records() {
  about=gpuClocks
  locate '${GPU_RECORD}'
  if [ -z "$records" ]; then
    is_there "$file" || return 0
    doom '${GPU_RECORD}'
    remove '${GPU_RECORD}'
  elif [ "$records" != "$(cat "$file" 2> /dev/null)" ]; then
    put '${GPU_RECORD}' 644 "$records"
    place '${GPU_RECORD}'
  fi
}

tidy() {
  clear "$1"
  case $1 in */gpudirect/* | *.network.d/*) rmdir "\${file%/*}" 2> /dev/null ;; esac
}
commit() {
  trap '' HUP INT TERM PIPE
  committed=1
  each "$staged$doomed" tidy
  printf '%s' "$notes"
}
`.replaceAll("\\${", "${");
