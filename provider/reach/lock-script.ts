/** Names of locks: they become names of files. */
const NAME = /^[A-Za-z0-9._-]+$/;

/**
 * Lines of sh that set `lock` and `work` to the files of a machine's lock, which are there then. Who holds `lock` works
 * on the machine; each command that does so holds `work`, shared, while it runs. Everybody may open the files for
 * reading, which is all that flock(1) needs: root and other users share them.
 * @throws TypeError for a name with other characters than letters, digits, ".", "_" and "-"
 */
export function lockFiles(name: string): string {
  if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is no name for a lock`);
  return `if [ -w /run/lock ]; then lock=/run/lock; else lock=\${XDG_RUNTIME_DIR:-/tmp}; fi
lock=$lock/gpudirect-${name}.lock
work=\${lock%.lock}.work
for file in "$lock" "$work"; do [ -e "$file" ] || (umask 022; : > "$file") 2> /dev/null; done`;
}

/**
 * A script that takes the lock and holds it until its standard input ends: at release, or when the process that holds
 * the other end is gone, in whatever way. Its first argument is the holder's name for others. It prints lines:
 * `file PATH`, `waiting HOLDER` where it has to wait, `locked`.
 */
export function lockScript(name: string): string {
  return `${lockFiles(name)}
command -v flock > /dev/null || { echo "there is no program flock; install util-linux" >&2; exit 1; }
exec 7<&0 8< "$lock" 9< "$work" || exit 1
{ cat <&7; kill $$; } > /dev/null 2>&1 8<&- 9<&- &
holder=\${lock%.lock}.holder
echo "file $lock"
told=
take() {
  flock -n "$1" && return
  # The holder writes its name just after it took the lock.
  sleep 0.2
  until flock -n "$1"; do
    [ -n "$told" ] || printf 'waiting %s\\n' "$(head -n 1 "$holder" 2> /dev/null)"
    told=yes
    sleep 0.2
  done
}
take 8
# Commands of an earlier holder may go on after its end.
take 9
exec 9<&-
(umask 022; printf '%s\\n' "$1" > "$holder") 2> /dev/null
echo locked
wait`;
}
