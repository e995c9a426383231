import { EDIT_AWK } from "./edit-awk";
import { BOOT_COPY, CREATED, ENVIRONMENT, MANIFEST, NCCL_CONF, TMPFILES_CONF } from "./files";
import { TRANSACTION_SCRIPT } from "./transaction-script";

const APPLY = String.raw`
# What was made where nothing was, a line each, the newest first.
created=
if [ -e "$R${CREATED}" ]; then
  created=$(cat "$R${CREATED}") || fail "${CREATED} cannot be read"
  created="$created
"
fi
created_before=$created
has_created() {
  case "
$created" in *"
$1
"*) return 0 ;; esac
  return 1
}
forget_created() {
  others=
  while IFS= read -r name; do
    case $name in "" | "$1") ;; *) others="$others$name
" ;; esac
  done <<END
$created
END
  created=$others
}

# Reads as many lines as the next line says.
read_lines() {
  IFS= read -r left || fail "the settings did not arrive whole"
  lines=
  while [ "$left" -gt 0 ]; do
    IFS= read -r line || fail "the settings did not arrive whole"
    lines="$lines$line
"
    left=$((left - 1))
  done
}

# edit PAM PATH, with the edits in lines.
edit() {
  [ -n "$lines" ] || return 0
  real "$R$2"
  existed=
  open=
  source=/dev/null
  if [ -e "$file" ]; then
    existed=1
    source=$file
    [ -f "$file" ] || fail "$2 is there, and is no file"
    end=$(tail -c 1 "$file" && echo x) || fail "$2 cannot be read"
    case $end in x | "
x") ;; *) open=1 ;; esac
  fi
  text=$(EDITS="$lines" awk -v pam="$1" -v open="$open" "$EDIT_AWK" "$source" && echo x) || fail "$2 cannot be edited"
  text=\${text%x}
  [ -n "$text$existed" ] || return 0
  begin "$2"
  if [ -z "$text" ] && has_created "$2"; then
    forget_created "$2"
    take
    return 0
  fi
  printf '%s' "$text" | cat >"$new" || cannot_write "$2"
  [ -n "$existed" ] || has_created "$2" || created="$2
$created"
  put
}

# Takes a file away where it is there.
away() {
  real "$R$1"
  [ -e "$file" ] || return 0
  begin "$1"
  take
}

IFS= read -r topology_action && IFS= read -r boot_action && IFS= read -r topology_file && IFS= read -r bytes ||
  fail "the settings did not arrive whole"
read_lines
nccl_edits=$lines
read_lines
environment_edits=$lines
read_lines
conf=$lines

# The content comes last, and goes to the first file that wants it; the other has a copy.
content=
content_into() {
  if [ -z "$content" ]; then
    cat >"$new" || cannot_write "$1"
    [ "$(wc -c <"$new")" -eq "$bytes" ] || fail "the topology file did not arrive whole"
    content=$new
  else
    cat "$content" >"$new" || cannot_write "$1"
  fi
}

if [ "$boot_action" = put ]; then
  begin ${BOOT_COPY}
  content_into ${BOOT_COPY}
  put
  sums="$(sha256sum <"$new")" || fail "sha256sum does not work"
  sums="\${sums%% *}  ${BOOT_COPY}"
  begin ${TMPFILES_CONF}
  printf '%s' "$conf" | cat >"$new" || cannot_write "${TMPFILES_CONF}"
  put
  sum="$(sha256sum <"$new")" || fail "sha256sum does not work"
  sums="$sums
\${sum%% *}  ${TMPFILES_CONF}"
elif [ "$boot_action" = remove ]; then
  away ${TMPFILES_CONF}
  away ${BOOT_COPY}
  away ${MANIFEST}
fi
if [ "$topology_action" = put ]; then
  begin "$topology_file"
  content_into "$topology_file"
  put
elif [ "$topology_action" = remove ]; then
  away "$topology_file"
fi
lines=$nccl_edits
edit "" ${NCCL_CONF}
lines=$environment_edits
edit 1 ${ENVIRONMENT}

# Folders that were made, named as the user sees them; the state's own is left to the state.
state=${CREATED.slice(0, CREATED.lastIndexOf("/"))}
folder "$R$state"
folders=
while IFS= read -r name; do
  case $name in "" | "$R$state") continue ;; esac
  folders="$folders\${name#"$R"}
"
done <<END
$made
END
created=$folders$created
if [ "$created" != "$created_before" ]; then
  if [ -n "$created" ]; then
    begin ${CREATED}
    printf '%s' "$created" | cat >"$new" || cannot_write "${CREATED}"
    put
    first=$count
  else
    away ${CREATED}
  fi
fi
if [ "$boot_action" = put ]; then
  begin ${MANIFEST}
  printf '%s\n' "$sums" | cat >"$new" || cannot_write "${MANIFEST}"
  put
fi
commit

# Folders of ours that are empty now go too; one that stays is looked at the next time.
if [ "$boot_action$topology_action" != keepkeep ] && [ -n "$created" ]; then
  kept=
  while IFS= read -r name; do
    [ -n "$name" ] || continue
    [ -d "$R$name" ] && rmdir "$R$name" 2>/dev/null && continue
    [ ! -e "$R$name" ] || kept="$kept$name
"
  done <<END
$created
END
  if [ -z "$kept" ]; then
    rm -f "$R${CREATED}"
  elif [ "$kept" != "$created" ]; then
    printf '%s' "$kept" | cat >"$R${CREATED}.new" && mv -f "$R${CREATED}.new" "$R${CREATED}"
  fi
fi
exit 0
`.replaceAll("\\${", "${");

/**
 * The script that applies a plan from `formatPlan`, its standard input, as a whole or not at all: POSIX sh, for dash, bash
 * and busybox, with awk, sha256sum, tail and wc besides what the transaction needs. An end with 0 means that
 * all is set; with another one the error says whether nothing was. `GPUDIRECT_ROOT` is a directory to work in.
 *
 * What makes the file at boot comes before the live file, variables last: a run that was killed shows as drift.
 */
export const APPLY_SCRIPT = `R=\${GPUDIRECT_ROOT:-}
LC_ALL=C
export LC_ALL
EDIT_AWK='${EDIT_AWK}'
${TRANSACTION_SCRIPT}${APPLY}`;
