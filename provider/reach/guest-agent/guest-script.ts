import { shellWord } from "../../../core/shell-word";
/** Longest standard output taken, in bytes, as of LocalReach. */
export const MAX_STDOUT = 64 * 1024 * 1024;
/** Standard error kept, its end, in bytes. */
const MAX_STDERR = 64 * 1024;
/**
 * Longest standard output that comes within the answer to guest-exec-status, in bytes. libvirt passes no answer above
 * 4 MiB on (REMOTE_STRING_MAX, src/remote/remote_protocol.x), and gives the agent up for the domain's whole run at one
 * above 10 MiB (QEMU_AGENT_MAX_RESPONSE, src/qemu/qemu_agent.c).
 */
const MAX_INLINE = 512 * 1024;

/** Where the files of a run lie in the guest. Only root can read them. */
export const directoryOf = (run: string): string => `/run/gpudirect-${run}`;

/**
 * Takes the payload into the run's directory and goes on with the wrapper, its first part. Arguments: directory, length
 * of the wrapper, length of the command's script (both bytes), the command's time in hundredths of a second. What
 * guest-exec starts is written to the guest's system log, arguments included: so this is short, and all else is input.
 */
export const START =
  'umask 077; mkdir "$1" && cat >"$1/payload" && head -c "$2" "$1/payload" >"$1/wrapper" && . "$1/wrapper"';
/** The same where the payload has been written already. */
export const START_UPLOADED = 'umask 077; head -c "$2" "$1/payload" >"$1/wrapper" && . "$1/wrapper"';

/** Makes the run's directory, and clears it away after an hour in which nothing came of it. */
export const PREPARE = `umask 077; mkdir "$1" || exit 1
(n=0; while [ -d "$1" ] && [ ! -e "$1/wrapper" ] && [ "$n" -lt 720 ]; do sleep 5; n=$((n + 1)); done
[ -e "$1/wrapper" ] || rm -rf "$1") </dev/null >/dev/null 2>&1 &`;

/** Ends a run that was started, waits until it is cleared away (3 s at most, KILL comes after 2 s) and sees that it is. */
export const CANCEL = `n=0
while [ ! -e "$1/running" ] && [ "$n" -lt 10 ]; do sleep 0.1; n=$((n + 1)); done
if [ -e "$1/running" ]; then : >"$1/cancel"; n=0; else n=40; fi
while [ -d "$1" ] && [ "$n" -lt 40 ]; do sleep 0.1; n=$((n + 1)); done
rm -rf "$1"`;

/** Clears away a run that has ended. */
export const REMOVE = 'rm -rf "$1"';

/**
 * Runs a command in a session of its own and reports. POSIX sh with setsid, as util-linux and busybox have it.
 * Pipes stand between the command and its output files, so that a daemon left behind loses them at the end; `ulimit`
 * bounds the one, a pair of files of at most 4 MiB the other. The report: exit code, why it ended, what the start of a program
 * ended with or "-", length of the output and of the errors' end; on the next lines the errors, then the output. Output that
 * is too long for the report stays, for ten minutes at most.
 */
const WRAPPER = `
dir=$1
export LC_ALL=C
: >"$dir/running"
head -c "$(($2 + $3))" "$dir/payload" | tail -c "+$(($2 + 1))" >"$dir/script"
tail -c "+$(($2 + $3 + 1))" "$dir/payload" >"$dir/input"
rm "$dir/payload"
mkfifo "$dir/out.pipe" "$dir/err.pipe"
clock() { read -r up idle </proc/uptime; now=\${up%.*}\${up#*.}; }
clock
end=$((now + $4))

(ulimit -f ${MAX_STDOUT / 512 + 1}; exec cat "$dir/out.pipe") </dev/null >"$dir/out" 2>/dev/null &
output=$!
keep_errors() {
  trap 'kill "$copy"; exit' TERM
  size=0
  while :; do
    dd bs=65536 count=64 >>"$dir/err" <&3 3<&- &
    copy=$!
    wait "$copy"
    now=$(wc -c <"$dir/err")
    [ "$now" -gt "$size" ] || exit
    size=$now
    if [ "$size" -ge ${MAX_STDERR} ]; then mv "$dir/err" "$dir/err.before"; : >"$dir/err"; size=0; fi
  done
}
keep_errors 3<"$dir/err.pipe" </dev/null >/dev/null 2>&1 &
errors=$!

watch() {
  why=
  while [ -z "$why" ]; do
    sleep 0.1
    clock
    if [ -e "$dir/cancel" ]; then why=cancelled
    elif [ "$now" -ge "$end" ]; then why=timeout
    elif ! kill -0 "$output" && [ "$(wc -c <"$dir/out")" -gt ${MAX_STDOUT} ]; then why=output
    fi
  done
  echo "$why" >"$dir/why"
  n=0
  while [ ! -s "$dir/script.pid" ] && [ "$n" -lt 20 ]; do sleep 0.1; n=$((n + 1)); done
  read -r pid <"$dir/script.pid"
  kill -TERM "-$pid"
  n=0
  while kill -0 "-$pid" && [ "$n" -lt 20 ]; do sleep 0.1; n=$((n + 1)); done
  kill -KILL "-$pid"
}
watch </dev/null >/dev/null 2>&1 &
watcher=$!

cd /
(exec setsid sh "$dir/script") <"$dir/input" >"$dir/out.pipe" 2>"$dir/err.pipe"
code=$?

why=ended
[ -e "$dir/why" ] && read -r why <"$dir/why"
if [ "$why" = ended ]; then kill "$watcher"; else wait "$watcher"; fi
(sleep 0.5; kill "$output" "$errors") </dev/null >/dev/null 2>&1 &
drain=$!
wait "$output"
wait "$errors"
kill "$drain"

[ -s "$dir/script.pid" ] || why=unstarted
start=-
[ -s "$dir/script.start" ] && read -r start <"$dir/script.start"
cat "$dir/err.before" "$dir/err" 2>/dev/null | tail -c ${MAX_STDERR} >"$dir/err.end"
length=$(($(wc -c <"$dir/out")))
echo "$code $why $start $length $(($(wc -c <"$dir/err.end")))"
cat "$dir/err.end"
if [ "$why" != ended ] || [ "$length" -gt ${MAX_STDOUT} ]; then rm -rf "$dir"; exit 0; fi
if [ "$length" -le ${MAX_INLINE} ]; then cat "$dir/out"; rm -rf "$dir"; exit 0; fi
rm "$dir/running" "$dir/input" "$dir/script"
(n=0; while [ -d "$dir" ] && [ "$n" -lt 600 ]; do sleep 1; n=$((n + 1)); done; rm -rf "$dir") </dev/null >/dev/null 2>&1 &
`;

/** First lines of a command's script: its process is known by a file, and has the umask of a login. */
const PROLOGUE = 'echo $$ >"$0.pid"; umask 022\n';

/** The script of a command that is a shell script. */
export const scriptOf = (script: string): string => PROLOGUE + script;

/** The script of a program: a start that fails is known by a file, because exit code 127 may be the program's own. */
export const programScriptOf = (argv: readonly string[]): string =>
  `${PROLOGUE}trap 'echo $? >"$0.start"' EXIT\nexec ${argv.map(shellWord).join(" ")}\n`;

/** What `START` takes as input, and its arguments but the directory. */
export function payloadOf(
  script: string,
  input: string | Buffer,
  timeoutMs: number,
): { payload: Buffer; args: string[] } {
  const parts = [WRAPPER, script, input].map((part) => Buffer.from(part as string));
  const [wrapper = 0, command = 0] = parts.map((part) => part.length);
  return { payload: Buffer.concat(parts), args: [wrapper, command, Math.ceil(timeoutMs / 10)].map(String) };
}
