import { shellWord } from "../../core/shell-word";
import type { Reach } from "./reach";

const TIMEOUT_MS = 60_000;
/** Symbolic links followed one after another, as many as Linux follows (path_resolution(7)). */
const MAX_LINKS = 40;

/** A file as it is to be written. */
export interface FileToWrite {
  /** Absolute path. A symbolic link stays, and what it leads to is replaced. */
  readonly path: string;
  readonly content: string | Buffer;
  /** Permission bits; absent keeps those that a file has, 0644 for a new one. */
  readonly mode?: number | undefined;
  /** User's name or number; absent keeps the owner that a file has. */
  readonly owner?: string | undefined;
  /** Group's name or number; absent keeps the group that a file has. */
  readonly group?: string | undefined;
  /** Whether missing folders above it are made. */
  readonly parents?: boolean | undefined;
}

/** A file as it was read. */
export interface FileFound {
  readonly content: Buffer;
  readonly mode: number;
  /** User's name, or number where it has none. */
  readonly owner: string;
  /** Group's name, or number where it has none. */
  readonly group: string;
}

export interface FileOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
  /** What is being done, for messages. */
  readonly name?: string;
}

/**
 * Writes a file in one step: who reads it sees the old one or the new one, whatever happens meanwhile; once written, it is
 * there after a power cut too. What is no file,
 * a folder or a device, is refused.
 * @throws TypeError for a path that is relative or has control characters, and for a mode that is none
 * @throws Error where it cannot be written; the old file is untouched then, and nothing is left beside it
 * @throws ReachError where the machine's answer is not known
 */
export async function writeFile(reach: Reach, file: FileToWrite, options: FileOptions): Promise<void> {
  const { path, mode, content } = file;
  checkPath(path);
  if (mode !== undefined && !(Number.isInteger(mode) && mode >= 0 && mode <= 0o7777)) {
    throw new TypeError(`${path}: ${mode} is no mode of a file; permission bits are 0 to 0o7777`);
  }
  await runScript(reach, writeScript(file), `write ${path}`, path, { ...options, input: content });
}

/** Reads a file in one round trip; undefined where there is none. Errors as of `writeFile`. */
export async function readFile(reach: Reach, path: string, options: FileOptions): Promise<FileFound | undefined> {
  checkPath(path);
  const stdout = await runScript(reach, readScript(path), `read ${path}`, path, options);
  const end = stdout.indexOf("\n");
  if (end < 0) return undefined;
  const [mode = "", owner, group, uid = "", gid = ""] = stdout.subarray(0, end).toString().split(" ");
  return {
    content: stdout.subarray(end + 1),
    mode: Number.parseInt(mode, 8),
    owner: nameOr(uid, owner),
    group: nameOr(gid, group),
  };
}

/** Removes a file, or a symbolic link, for good, also where the power goes next; that it is gone already is success. Errors as of `writeFile`. */
export async function removeFile(reach: Reach, path: string, options: FileOptions): Promise<void> {
  checkPath(path);
  const script = `rm -f -- ${shellWord(path)} || exit 1
sync ${shellWord(`${path.slice(0, path.lastIndexOf("/"))}/`)} 2>/dev/null || :`;
  await runScript(reach, script, `remove ${path}`, path, options);
}

/** stat prints UNKNOWN for a number that has no name. */
const nameOr = (id: string, name = "UNKNOWN"): string => (name === "UNKNOWN" ? id : name);

async function runScript(
  reach: Reach,
  script: string,
  task: string,
  path: string,
  { signal, timeoutMs = TIMEOUT_MS, name = task, input }: FileOptions & { input?: string | Buffer },
): Promise<Buffer> {
  const options = { signal, timeoutMs, name };
  const result = await reach.run(script, input === undefined ? options : { ...options, input });
  if (result.exitCode === 0) return result.stdout;
  const reason = result.stderr.trim() || `its script ended with ${result.exitCode}`;
  throw new Error(`${reach.machine}: ${name}: ${reason.includes(path) ? "" : `${path}: `}${reason}`);
}

function checkPath(path: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no path that is meant has them
  if (!path.startsWith("/") || path.endsWith("/") || /[\x00-\x1f\x7f]/.test(path)) {
    throw new TypeError(`${JSON.stringify(path)} must be an absolute path of a file, without control characters`);
  }
}

const FAIL = `fail() { printf '%s\\n' "$1" >&2; exit 1; }`;

/**
 * The new file is made beside the old one, so that one rename puts it there. Its length is compared, because the input
 * ends early where a connection breaks. Owner before mode: chown clears the bits for set-user-id.
 */
function writeScript({ path, content, mode, owner, group, parents }: FileToWrite): string {
  return `${FAIL}
file=${shellWord(path)}
links=0
while [ -L "$file" ]; do
  [ "$links" -lt ${MAX_LINKS} ] || fail "the symbolic link leads to itself"
  links=$((links + 1))
  target=$(readlink "$file") || exit 1
  case $target in /*) file=$target ;; *) file=\${file%/*}/$target ;; esac
done
folder=\${file%/*}/
${parents ? '[ -d "$folder" ] || mkdir -p "$folder" || exit 1' : '[ -d "$folder" ] || fail "there is no folder $folder"'}
[ ! -e "$file" ] || [ -f "$file" ] || fail "it is there, and is no file"
new=$(umask 077; mktemp "$folder.gpudirect.XXXXXX") || exit 1
trap 'rm -f "$new"' EXIT
trap 'exit 143' HUP INT TERM
cat >"$new" || exit 1
[ "$(wc -c <"$new")" -eq ${Buffer.byteLength(content)} ] || fail "the content did not arrive whole"
mode=${(mode ?? 0o644).toString(8)}
if [ -e "$file" ]; then
${mode === undefined ? '  mode=$(stat -c %a "$file") || exit 1' : ""}
  owner=$(stat -c %u:%g "$file") || exit 1
  [ "$owner" = "$(stat -c %u:%g "$new")" ] || chown "$owner" "$new" || exit 1
fi
${owner === undefined ? "" : `chown -- ${shellWord(owner)} "$new" || exit 1`}
${group === undefined ? "" : `chgrp -- ${shellWord(group)} "$new" || exit 1`}
chmod "$mode" "$new" || exit 1
sync "$new" 2>/dev/null
mv -f -T "$new" "$file" || exit 1
trap - EXIT
sync "$folder" 2>/dev/null || :
`;
}

/** Facts and content are read from the one file that was opened, also where it is replaced meanwhile. */
function readScript(path: string): string {
  return `${FAIL}
file=${shellWord(path)}
if ! said=$(stat -L -c %F "$file" 2>&1); then
  case $said in *'No such file or directory'*|*'Not a directory'*) exit 0 ;; esac
  fail "$said"
fi
[ -f "$file" ] || fail "it is there, and is no file"
exec <"$file" || exit 1
stat -L -c '%a %U %G %u %g' /proc/self/fd/0 && cat
`;
}
