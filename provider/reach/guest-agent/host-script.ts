import { shellWord } from "../../../core/shell-word";
import { connectionOf } from "../libvirt-connection";
import { PREPARE, START_UPLOADED } from "./guest-script";

/** Exit codes of the scripts: what was being done when libvirt or the agent refused. */
export const HOST_EXIT = { noVirsh: 90, send: 91, wait: 92, upload: 93, read: 94 } as const;

/**
 * Bytes in one agent message that carries input. libvirt 9.0 with QEMU 7.2 carries messages of 192 KiB, and one of
 * 256 KiB hangs the agent's channel (measured); base64 makes 96 KiB of these.
 */
export const CHUNK = 72 * 1024;
/** Bytes in one answer that carries output, see MAX_INLINE in guest-script.ts. */
export const READ_CHUNK = 1024 * 1024;

/** Where agent commands are to be given. */
export interface AgentAddress {
  readonly domain: string;
  readonly libvirtUri: string | undefined;
  /** Seconds that the agent has for an answer to one message. */
  readonly answerSeconds: number;
}

/**
 * Shell functions for what all scripts do. `agent` gives a command that holds no secret, as an argument. `typed` gives
 * virsh its commands by standard input, as to its prompt: it echoes them, so what it prints is looked at and not passed
 * on; the settings keep it from reading a user's key bindings and from writing its history file, which would hold them
 * (vshReadlineInit, tools/vsh.c).
 */
function prelude({ domain, libvirtUri, answerSeconds }: AgentAddress): string {
  const virsh = `virsh -c ${connectionOf(libvirtUri)} -q`;
  return `export LC_ALL=C
command -v virsh >/dev/null 2>&1 || exit ${HOST_EXIT.noVirsh}
agent() { ${virsh} qemu-agent-command --timeout ${answerSeconds} --domain ${shellWord(domain)} "$1"; }
typed() { XDG_CACHE_HOME=/dev/null VIRSH_HISTSIZE=0 INPUTRC=/dev/null TERM=dumb ${virsh} 2>&1; }
refused() { grep '^error: ' | grep -v "Failed to create '/dev/null/" >&2; exit "$1"; }
number() { sed 's/[^0-9]//g'; }
finish() {
  n=0
  while :; do
    status=$(agent '{"execute":"guest-exec-status","arguments":{"pid":'"$1"'}}') || exit ${HOST_EXIT.wait}
    case $status in *'"exited":true'*) return ;; esac
    if [ "$n" -lt 20 ]; then sleep 0.1; else sleep 0.25; fi
    n=$((n + 1))
  done
}
`;
}

/** Line for `typed`: its parser takes single quotes as the shell does. */
function typedLine({ domain, answerSeconds }: AgentAddress, command: object): string {
  const json = JSON.stringify(command).replace(/'/g, "\\u0027");
  return `qemu-agent-command --timeout ${answerSeconds} --domain ${shellWord(domain)} ${shellWord(json)}\n`;
}

const shell = (script: string, args: readonly string[], input?: Buffer): object => ({
  execute: "guest-exec",
  arguments: {
    path: "/bin/sh",
    arg: ["-c", script, "sh", ...args],
    ...(input && { "input-data": input.toString("base64") }),
    "capture-output": true,
  },
});

/** A script for the host and its standard input. */
export interface HostScript {
  readonly script: string;
  readonly input?: string;
}

/** Starts a shell in the guest with input of at most `CHUNK` bytes, waits for its end and prints its status. */
export function execWithInput(
  address: AgentAddress,
  start: string,
  args: readonly string[],
  input: Buffer,
): HostScript {
  const script = `${prelude(address)}said=$(typed)
pid=$(printf '%s\\n' "$said" | sed -n 's/^{"return":{"pid":\\([0-9]*\\)}}$/\\1/p')
[ -n "$pid" ] || printf '%s\\n' "$said" | refused ${HOST_EXIT.send} || exit
finish "$pid"
printf '%s\\n' "$status"
`;
  return { script, input: typedLine(address, shell(start, args, input)) };
}

/** Runs a shell script that is no secret in the guest, waits for its end and prints its status. */
export function exec(address: AgentAddress, script: string, args: readonly string[]): HostScript {
  return { script: `${prelude(address)}${startAndFinish(shell(script, args))}printf '%s\\n' "$status"\n` };
}

const startAndFinish = (
  command: object,
): string => `said=$(agent ${shellWord(JSON.stringify(command))}) || exit ${HOST_EXIT.send}
finish "$(printf '%s\\n' "$said" | number)"
`;

/** Makes the directory, writes the payload into it, and goes on as `execWithInput` does. */
export function uploadAndExec(
  address: AgentAddress,
  directory: string,
  args: readonly string[],
  payload: Buffer,
): HostScript {
  const chunks = Array.from({ length: Math.ceil(payload.length / CHUNK) }, (_, index) =>
    payload.subarray(index * CHUNK, (index + 1) * CHUNK),
  );
  const open = { execute: "guest-file-open", arguments: { path: `${directory}/payload`, mode: "w" } };
  // The handle is known only when the file is open: the script puts it where "@" is, which base64 does not have.
  const write = (chunk: Buffer) => ({
    execute: "guest-file-write",
    arguments: { handle: "@", "buf-b64": chunk.toString("base64") },
  });
  const script = `${prelude(address)}${startAndFinish(shell(PREPARE, [directory]))}case $status in *'"exitcode":0'*) ;; *) printf '%s\\n' "$status"; exit ;; esac
said=$(agent ${shellWord(JSON.stringify(open))}) || exit ${HOST_EXIT.upload}
handle=$(printf '%s\\n' "$said" | number)
sed "s/\\"@\\"/$handle/" | typed | {
  n=0
  while IFS= read -r line; do
    case $line in
      '{"return":{"count":'*) n=$((n + 1)) ;;
      "error: Failed to create '/dev/null/"*) ;;
      'error: '*) printf '%s\\n' "$line" >&2; exit 1 ;;
    esac
  done
  [ "$n" -eq ${chunks.length} ]
} || exit ${HOST_EXIT.upload}
agent '{"execute":"guest-file-close","arguments":{"handle":'"$handle"'}}' >/dev/null || exit ${HOST_EXIT.upload}
${startAndFinish(shell(START_UPLOADED, [directory, ...args]))}printf '%s\\n' "$status"
`;
  return { script, input: chunks.map((chunk) => typedLine(address, write(chunk))).join("") };
}

/** Prints the answers that hold a part of a guest's file, a line each. */
export function readPart(address: AgentAddress, path: string, offset: number, length: number): HostScript {
  const open = { execute: "guest-file-open", arguments: { path, mode: "r" } };
  const script = `${prelude(address)}said=$(agent ${shellWord(JSON.stringify(open))}) || exit ${HOST_EXIT.read}
handle=$(printf '%s\\n' "$said" | number)
agent '{"execute":"guest-file-seek","arguments":{"handle":'"$handle"',"offset":${offset},"whence":"set"}}' >/dev/null || exit ${HOST_EXIT.read}
n=0
while [ "$n" -lt ${Math.ceil(length / READ_CHUNK)} ]; do
  agent '{"execute":"guest-file-read","arguments":{"handle":'"$handle"',"count":${READ_CHUNK}}}' || exit ${HOST_EXIT.read}
  n=$((n + 1))
done
agent '{"execute":"guest-file-close","arguments":{"handle":'"$handle"'}}' >/dev/null || exit ${HOST_EXIT.read}
`;
  return { script };
}

/** Asks the agent whether it is there. */
export function ping(address: AgentAddress): HostScript {
  return { script: `${prelude(address)}agent '{"execute":"guest-ping"}' || exit ${HOST_EXIT.send}\n` };
}
