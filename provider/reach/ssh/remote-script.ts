import { quote } from "./quote";

/**
 * Remote command of every session: a shell that takes its script from the first line of standard input. So it is the
 * same whatever is run, means the same to every login shell, and shows nothing in the machine's list of processes.
 */
const BOOTSTRAP = `sh -c 'LC_ALL=C; export LC_ALL; IFS= read -r line || exit; eval "$line"'`;

export const remoteCommand = (sudo: boolean): string => `exec ${sudo ? "sudo -n " : ""}${BOOTSTRAP}`;

/** Sets `group` to the process group of the shell: field 5 of proc_pid_stat(5). The name before it has no space. */
const readGroup = "read -r _ _ _ _ group _ < /proc/$$/stat";

/** What a script that runs a command reports instead of the exit code, where the program is not there. */
export const MISSING = "missing";

/**
 * The line that runs a program and frames its output (see Frame). `begin` on standard error has the process group,
 * `end` the exit code. Both streams get their `end` after everything that the program printed itself, so nobody has to
 * wait for those that hold the streams open later.
 */
export function commandLine(argv: readonly string[], nonce: string, hasInput: boolean): string {
  const mark = (word: string, value: string) => `printf '\\036${word}:%s:%s\\n' ${nonce} ${value}`;
  // A socket cannot be opened as /dev/stdin; OpenSSH's server gives a pipe or a socket, as it was built.
  const piped = `if [ -p /dev/stdin ]; then (exec "$@"); else cat | (exec "$@"); fi`;
  return [
    `n=$(printf '\\nx'); n=\${n%x}`,
    `set -- ${argv.map(quote).join(" ")}`,
    readGroup,
    `${mark("begin", "''")}; ${mark("begin", '"$group"')} >&2`,
    hasInput ? piped : '(exec "$@") < /dev/null',
    "code=$?",
    `[ $code -ne 127 ] || command -v "$1" > /dev/null || code=${MISSING}`,
    `${mark("end", '"$code"')} >&2; ${mark("end", "''")}\n`,
  ].join("; ");
}

/** Ends a process group that is not the own one: a server that makes no groups would be ended itself. */
const KILL = `${readGroup}; [ "$group" != "$1" ] || exit; kill -TERM "-$1"; sleep 2; kill -KILL "-$1"`;

/** What the first session prints when it is ready: `NONCE ready`, or `NONCE ready root` where commands need sudo. */
export const readyLine = (nonce: string): RegExp => new RegExp(`^${nonce} (ready|ready root|refused)\\n`, "m");

/**
 * The line of the first session: says that commands can be run, and whether they need sudo, then ends the process
 * groups that it is told on standard input, a line each. It ends with standard input.
 */
export function masterLine(nonce: string, sudo: boolean): string {
  const say = (text: string) => `printf '%s ${text}\\n' ${nonce}`;
  const asRoot = `if sudo -n sh -c : < /dev/null; then root='sudo -n'; else ${say("refused")}; exit 1; fi`;
  const ready = `if [ "$root" ]; then ${say("ready root")}; else ${say("ready")}; fi`;
  const kill = `$root sh -c ${quote(KILL)} sh "$group" > /dev/null 2>&1 &`;
  return [
    "root=",
    ...(sudo ? [`if [ "$(id -u)" != 0 ]; then ${asRoot}; fi`] : []),
    ready,
    `while read -r group; do ${kill} done\n`,
  ].join("; ");
}
