import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sshd } from "../../support/sshd";
import type { Folders } from "./own-folders";
import type { ProcessWatch } from "./process-watch";
import type { ProgramRecorder } from "./program-recorder";
import { bytesOf, filesBelow, type Places } from "./searched-places";
import type { Stack } from "./stack";

/** Who holds, or has last held, the machine (provider/reach/lock-script.ts). */
const HOLDER = "/run/lock/gpudirect-machine.holder";
/**
 * Where the engine (sdk/go/common/resource/plugin, rpc.go) and the SDK of the program (@pulumi/pulumi, runtime/resource.js)
 * themselves print each value of each message at this verbosity, secret or not, whatever the provider does. Everything else
 * that is printed must hold none.
 */
const ENGINES_TRACE =
  /^\{"time":"[^"]*","level":"INFO","msg":"(?:(?:M|Unm)arshaling property for RPC\[|(?:eventSink::Debug\(<\{%reset%\}>)?RegisterResource RPC finished: )/;

export interface Watched {
  readonly stack: Stack;
  readonly folders: Folders;
  readonly watch: ProcessWatch;
  /** Programs that the plugin starts, and its commands on the machine. */
  readonly here: ProgramRecorder;
  readonly there: ProgramRecorder;
  readonly sshd: Sshd;
}

/** Every place that a secret must not get to. */
export function secretPlaces({ stack, folders, watch, here, there, sshd }: Watched): Places {
  const ours = (name: string) => join(stack.folder, name);
  const argv = (recorder: ProgramRecorder) => recorder.calls().flatMap((call) => call.argv);
  const environ = (recorder: ProgramRecorder) => recorder.calls().map((call) => call.environ);
  return {
    "what the CLI printed": () => bytesOf(printed(stack.said)),
    "the backend": () => filesBelow(ours("state")),
    PULUMI_HOME: () => filesBelow(ours("home")),
    "the project": () => filesBelow(stack.folder),
    "temporary files at the end": () => filesBelow(folders.tmp),
    "temporary files while it ran": () => [...watch.files].flat().join("\n"),
    "arguments of processes": () => [...watch.argv].join("\n"),
    "environments of processes": () => [...watch.environ].join("\n"),
    "arguments of what the plugin started": () => argv(here).join("\n"),
    "environments of what the plugin started": () => environ(here).join("\n"),
    "arguments of commands on the machine": () => argv(there).join("\n"),
    "environments of commands on the machine": () => environ(there).join("\n"),
    "scripts on standard input": () => [...here.calls(), ...there.calls()].map(({ script }) => script).join("\n"),
    "the log of sshd": () => bytesOf(sshd.log()),
    "the records": () => filesBelow(folders.records),
    "the lock's holder": () => (existsSync(HOLDER) ? readFileSync(HOLDER, "latin1") : ""),
  };
}

/** What the CLI has printed, without what the engine traces of its own messages. */
const printed = (said: string): string =>
  said
    .split("\n")
    .filter((line) => !ENGINES_TRACE.test(line))
    .join("\n");
