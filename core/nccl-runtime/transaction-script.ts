/**
 * Functions of sh that change several files as one: `begin` stages a file beside its place, so that a full disk or a
 * read-only file system fails there, before anything is changed; `put` and `take` then rename and remove; until
 * `committed` is set, every end of the script, by failure or signal, puts all back in reverse order. POSIX sh, for dash,
 * bash and busybox, with cat, cp, ln, mkdir, mv, readlink, rm, rmdir and sync. `R` is a directory to work in in place of `/`.
 *
 * The file that `first` numbers is renamed before all others; the rest in the order of `begin`.
 *
 * What a step has come to is seen from the files, not from variables: a signal may come between the two. Old content
 * is kept by a hard link, which needs no room, and comes back as the same file.
 */
export const TRANSACTION_SCRIPT = String.raw`umask 022
count=0
first=
made=
committed=
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}
cannot_write() { fail "$1 cannot be written: make room, or make it writable, and update again"; }

# The file that symbolic links lead to: they stay, and what they lead to is replaced.
real() {
  file=$1
  links=0
  while [ -L "$file" ]; do
    [ "$links" -lt 40 ] || fail "$1: the symbolic link leads to itself"
    links=$((links + 1))
    target=$(readlink "$file") || fail "$1: the symbolic link cannot be read"
    case $target in /*) file=$target ;; *) file=\${file%/*}/$target ;; esac
  done
}

folder() {
  [ -n "$1" ] && [ ! -d "$1" ] || return 0
  folder "\${1%/*}"
  mkdir "$1" || cannot_write "\${1#"$R"}"
  made="$1
$made"
}

# Sets file and new: the caller writes new, which has owner and mode of the file already, and then calls put or take.
begin() {
  real "$R$1"
  [ ! -e "$file" ] || [ -f "$file" ] || fail "$1 is there, and is no file"
  folder "\${file%/*}"
  new=\${file%/*}/.\${file##*/}.gpudirect-new
  old=\${file%/*}/.\${file##*/}.gpudirect-old
  # Those of an earlier run that was killed.
  rm -f "$new" "$old" || cannot_write "$1"
  count=$((count + 1))
  eval "file_$count=\$file new_$count=\$new old_$count=\$old step_$count=staged"
  [ ! -e "$file" ] || { cp -p "$file" "$new" && { ln "$file" "$old" 2>/dev/null || cp -p "$file" "$old"; }; } ||
    cannot_write "$1"
}

commit_one() {
  eval "file=\$file_$1 new=\$new_$1 step=\$step_$1"
  case $step in
    put)
      eval "step_$1=putting"
      mv -f "$new" "$file" || cannot_write "\${file#"$R"}"
      ;;
    take)
      eval "step_$1=taking"
      rm -f "$file" || cannot_write "\${file#"$R"}"
      ;;
  esac
}
commit() {
  [ -z "$first" ] || commit_one "$first"
  i=0
  while [ "$i" -lt "$count" ]; do
    i=$((i + 1))
    commit_one "$i"
  done
  trap '' HUP INT TERM PIPE
  committed=1
  i=0
  while [ "$i" -lt "$count" ]; do
    i=$((i + 1))
    eval "file=\$file_$i new=\$new_$i old=\$old_$i"
    rm -f "$new" "$old"
    sync "\${file%/*}/" 2>/dev/null
  done
  return 0
}

put() {
  sync "$new" 2>/dev/null
  eval "step_$count=put"
}

take() {
  rm -f "$new" || cannot_write "\${file#"$R"}"
  eval "step_$count=take"
}

undo() {
  lost=
  while [ "$count" -gt 0 ]; do
    eval "file=\$file_$count new=\$new_$count old=\$old_$count step=\$step_$count"
    case $step in
      putting)
        if [ ! -e "$new" ]; then
          if [ -e "$old" ]; then mv -f "$old" "$file"; else rm -f "$file"; fi || lost="$lost \${file#"$R"}"
        fi
        ;;
      taking)
        [ -e "$file" ] || [ ! -e "$old" ] || mv -f "$old" "$file" || lost="$lost \${file#"$R"}"
        ;;
    esac
    # Where the old content could not be put back, it is left beside the file.
    case " $lost " in *" \${file#"$R"} "*) ;; *) rm -f "$new" "$old" ;; esac
    count=$((count - 1))
  done
  while [ -n "$made" ]; do
    rmdir "\${made%%
*}"
    made=\${made#*
}
  done
  if [ -n "$lost" ]; then
    echo "these could not be put back:$lost" >&2
  else
    echo "nothing was changed" >&2
  fi
}

finish() {
  code=$?
  trap '' HUP INT TERM PIPE
  [ -n "$committed" ] || undo
  exit "$code"
}
trap finish EXIT
trap 'exit 143' HUP INT TERM PIPE
`.replaceAll("\\${", "${");
