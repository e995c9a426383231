import type { Reference } from "../../core/domain/references";
import { shellWord } from "../../core/shell-word";
import { connectionOf } from "../reach/libvirt-connection";

/** Exit code where the machine has no virsh; virsh itself ends with 0 or 1. */
export const NO_VIRSH = 90;

/** Separates what a script prints: a character that XML 1.0 cannot hold, so that no domain's text looks like it. */
export const SEPARATOR = "\u0001";

/** What a script is about. */
export interface VirshTarget {
  /** May come from an imported id, which nothing has checked: it is quoted for the shell, and no option of virsh. */
  readonly name: string;
  /** Absent where the machine decides: by its LIBVIRT_DEFAULT_URI, else the system's daemon. */
  readonly libvirtUri: string | undefined;
}

/** A script with `v`, which is virsh on the right connection, and `$name`. virsh's words and states are English. */
export function inVirsh({ name, libvirtUri }: VirshTarget, body: string): string {
  return `export LC_ALL=C
command -v virsh > /dev/null || exit ${NO_VIRSH}
uri=${connectionOf(libvirtUri)}
name=${shellWord(name)}
v() { virsh -c "$uri" -q "$@"; }
${body}
`;
}

/** Nothing where there is no domain `$name`, and the rest only where there is. */
const WHERE_IT_IS = `domains=$(v list --all --name) || exit 1
printf '%s\\n' "$domains" | grep -qxF -- "$name" || exit 0
`;

const SEPARATE = `printf '\\001'`;

/** Where the system's libvirt keeps the process ids of its domains (virPidFileBuildPath of the QEMU driver's state). */
const PID_FILE = `"/run/libvirt/qemu/$name.pid"`;

/**
 * Prints definition and state; where it runs also its live definition, the host's boot id and its process. Before all of
 * it, three parts for each reference.
 */
export const read = (references: readonly Reference[]): string => `${WHERE_IT_IS}
${lookUp(references)}
v dumpxml --inactive --security-info -- "$name" || exit 1
${SEPARATE}
state=$(v domstate -- "$name") || exit 1
printf '%s' "$state"
[ "$state" != 'shut off' ] || exit 0
${SEPARATE}
v dumpxml -- "$name" || exit 1
${SEPARATE}
cat /proc/sys/kernel/random/boot_id || exit 1
${SEPARATE}
pid=$(cat ${PID_FILE} 2> /dev/null) && cat "/proc/$pid/stat" 2> /dev/null
exit 0
`;

/**
 * Looks up what ids stand for: three parts for each, each ended by the separator: `found`, pool or nothing, name; or
 * `missing`, nothing, libvirt's words. virsh looks a volume up by name in its pool, then by key, then by path.
 */
export const lookUp = (references: readonly Reference[]): string =>
  references.length === 0
    ? ""
    : `answer() { printf '%s\\001%s\\001%s\\001' "$1" "$2" "$3"; }
network() {
  if n=$(v net-name -- "$1" 2> /dev/null); then answer found '' "$n"; else answer missing '' "$(v net-name -- "$1" 2>&1)"; fi
}
pathOf() { if [ -n "$1" ]; then v vol-path --pool "$1" -- "$2"; else v vol-path -- "$2"; fi; }
poolOf() { if [ -n "$1" ]; then v pool-name -- "$1" 2> /dev/null || printf '%s' "$1"; else v vol-pool -- "$2"; fi; }
volume() {
  if path=$(pathOf "$1" "$2" 2> /dev/null) && pool=$(poolOf "$1" "$path") && n=$(v vol-name -- "$path")
  then answer found "$pool" "$n"
  else answer missing '' "$(pathOf "$1" "$2" 2>&1)"
  fi
}
${references.map(lookUpOne).join("\n")}`;

function lookUpOne(reference: Reference): string {
  if (reference.kind === "network") return `network ${shellWord(reference.id)}`;
  return `volume ${shellWord(reference.pool ?? "")} ${shellWord(reference.id)}`;
}

/** Prints the state; whether there is such a domain is asked only where libvirt does not tell. */
export const STATE = `v domstate -- "$name" && exit 0
${WHERE_IT_IS}
exit 1
`;
