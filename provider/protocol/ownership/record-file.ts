import { createHash } from "node:crypto";
import { STATE_DIRECTORY } from "../../../core/ownership/state-directory";
import { removeFile, writeFile } from "../../reach/files";
import type { ResourceContext } from "../definition";
import { formatId } from "../machine-fields";
import { formatRecord, type OwnershipRecord, parseRecord } from "./record";

const TIMEOUT_MS = 30_000;
/** File names have at most 255 bytes (Linux NAME_MAX); the extension and a temporary file's need some. */
const MAX_NAME = 200;

/** The record of one thing on a machine, and the file that holds it. */
export interface RecordFile {
  readonly path: string;
  readonly record: OwnershipRecord | undefined;
}

/** Reads the record of a thing in one round trip. It lies in root's /var/lib, or among a user's own state. */
export async function readRecord(context: ResourceContext, kind: string, key: string): Promise<RecordFile> {
  const { reach } = context.machine;
  const name = `read the record of ${kind} ${key}`;
  const { exitCode, stdout, stderr } = await reach.run(readScript(kind, key), options(context, name));
  if (exitCode !== 0) throw new Error(`${reach.machine}: ${name}: ${stderr.trim()}`);
  const text = stdout.toString();
  const end = text.indexOf("\n");
  const [path, content] = [text.slice(0, end), text.slice(end + 1)];
  return { path, record: content === "" ? undefined : parseRecord(content, path, reach.machine) };
}

export async function writeRecord(
  context: ResourceContext,
  path: string,
  [kind, key]: readonly [string, string],
  record: OwnershipRecord,
): Promise<void> {
  const { reach, name } = context.machine;
  const content = formatRecord(formatId(name, kind, key), record);
  const file = { path, content, mode: 0o600, parents: true };
  await writeFile(reach, file, options(context, `record who owns ${kind} ${key}`));
}

export async function removeRecord(context: ResourceContext, path: string): Promise<void> {
  await removeFile(context.machine.reach, path, options(context, "remove the record of ownership"));
}

const options = ({ signal }: ResourceContext, name: string) => ({ signal, timeoutMs: TIMEOUT_MS, name });

function readScript(kind: string, key: string): string {
  return `
${STATE_DIRECTORY}
file=$state/records/${kind}/${fileName(key)}.json
echo "$file"
[ ! -e "$file" ] || cat "$file"
`;
}

/** A key as a file name: one to one, and safe in a shell. A long one is cut and ends in its hash. */
function fileName(key: string): string {
  const name = encodeURIComponent(key).replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  const safe = name.replace(/^\./, "%2e");
  return safe.length <= MAX_NAME
    ? safe
    : `${safe.slice(0, MAX_NAME - 65)}-${createHash("sha256").update(key).digest("hex")}`;
}
