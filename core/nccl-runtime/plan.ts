import type { Keys } from "../diff/path";
import { ENVIRONMENT, fileOf, NCCL_CONF } from "./files";
import { tmpfilesConf } from "./tmpfiles";

/** What is to be on the guest. */
export interface RuntimeTarget {
  readonly topology?: string | undefined;
  readonly topologyFile: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly persistent: boolean;
}

/** What is to be done about a file: put it there, take it away, leave it alone. */
export type FileAction = "put" | "remove" | "keep";

/** What one run of the apply script does. */
export interface RuntimePlan {
  /** The topology file at its place. */
  readonly topology: FileAction;
  /** The files that make it at boot. */
  readonly boot: FileAction;
  readonly topologyFile: string;
  readonly content: string;
  /** Variables to set, and without a value to take out, by file. */
  readonly edits: Readonly<Record<typeof NCCL_CONF | typeof ENVIRONMENT, readonly string[]>>;
}

/** What the changes ask for: nothing else is touched. `before` names the variables that were observed. */
export function planRuntime(
  target: RuntimeTarget,
  before: Readonly<Record<string, string>>,
  changes: readonly { readonly keys: Keys }[],
): RuntimePlan {
  const { topology, topologyFile, environment, persistent } = target;
  const touches = (field: string) => changes.some(({ keys }) => keys[0] === field);
  const action = (isThere: boolean): FileAction => (isThere ? "put" : "remove");
  const touched = changes.flatMap(({ keys: [field, name] }) => {
    if (field !== "environment") return [];
    return name === undefined ? [...Object.keys(before), ...Object.keys(environment)] : [String(name)];
  });
  const edits = [...new Set(touched)].sort();
  const edit = (name: string) => (environment[name] === undefined ? name : `${name}=${environment[name]}`);
  const of = (file: string) => edits.filter((name) => fileOf(name) === file).map(edit);
  return {
    topology: touches("topology") ? action(topology !== undefined) : "keep",
    boot: touches("topology") || touches("persistent") ? action(persistent && topology !== undefined) : "keep",
    topologyFile,
    content: topology ?? "",
    edits: { [NCCL_CONF]: of(NCCL_CONF), [ENVIRONMENT]: of(ENVIRONMENT) },
  };
}

/** The plan as the script reads it: a line for each answer, counted lines, and the content at the end. */
export function formatPlan({ topology, boot, topologyFile, content, edits }: RuntimePlan, bytes: number): string {
  const conf = tmpfilesConf(topologyFile).trimEnd().split("\n");
  const counted = (lines: readonly string[]) => [String(lines.length), ...lines];
  const head = [
    topology,
    boot,
    topologyFile,
    String(bytes),
    ...counted(edits[NCCL_CONF]),
    ...counted(edits[ENVIRONMENT]),
    ...counted(conf),
  ];
  return `${head.join("\n")}\n${topology === "put" || boot === "put" ? content : ""}`;
}
