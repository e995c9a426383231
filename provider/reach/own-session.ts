const END = "GPUDIRECT-END-OF-SCRIPT";

/**
 * A script as one that ends by itself, whatever becomes of who sent it: it runs in a session of its own, gets the signal that
 * is to end it (TERM), and has all the time that it needs to put things right. A command is else killed 2 s after that. The
 * machine counts as worked on until it has ended (GuardedReach, which has the file in `$work`). POSIX sh with setsid.
 */
export function inOwnSession(script: string): string {
  if (script.includes(`\n${END}\n`)) throw new TypeError(`a script must not have the line ${END}`);
  return `umask 077
folder=$(mktemp -d "\${GPUDIRECT_ROOT:-}/run/gpudirect-XXXXXX") || exit 1
cat > "$folder/script" << '${END}' || { rm -rf "$folder"; exit 1; }
trap : HUP INT TERM PIPE
(
${script}
) 9<&-
code=$?
rm -rf "\${0%/*}"
exit "$code"
${END}
if [ -n "\${work:-}" ]; then exec 9< "$work" && flock -s 9 || exit 75; fi
setsid sh "$folder/script" < /dev/null &
pid=$!
exec 9<&-
trap 'kill -TERM "-$pid" 2> /dev/null' HUP INT TERM
while :; do
  wait "$pid"
  code=$?
  kill -0 "$pid" 2> /dev/null || break
done
exit "$code"`;
}
