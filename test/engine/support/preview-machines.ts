import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Sshd } from "../../support/sshd";
import type { Folders } from "./own-folders";
import { attach, HOST, startOwnSshd } from "./own-machine";
import { ProgramRecorder } from "./program-recorder";
import { SshShim } from "./ssh-shim";
import type { Stack } from "./stack";
import { RECORDED } from "./writing-commands";

/** A machine that writes down what is run on it. */
export interface WatchedMachine {
  /** Its name in resources. */
  readonly host: string;
  /** Each script and program since the last `clear`, as text. */
  commands(): string[];
  /** Commands that the machine itself has counted, where somebody there counts. */
  counted?(): number;
  clear(): void;
  close(): Promise<void>;
}

/** This machine, whose programs the plugin finds behind a recorder. */
export async function watchedLocal(stack: Stack, { root }: Folders): Promise<WatchedMachine> {
  const recorder = new ProgramRecorder(join(root, "recorder"), RECORDED);
  stack.firstOnPath = recorder.folder;
  return {
    host: "local",
    commands: () => textsOf(recorder),
    clear: () => recorder.clear(),
    async close() {},
  };
}

/** The same machine over ssh: the commands as they are sent, what they run there, and how many sshd has begun. */
export async function watchedSsh(stack: Stack, folders: Folders): Promise<WatchedMachine> {
  mkdirSync(join(folders.root, "ssh"));
  const recorder = new ProgramRecorder(join(folders.root, "recorder"), RECORDED);
  const shim = new SshShim(join(folders.root, "ssh"));
  const sshd: Sshd = await startOwnSshd(folders, [recorder.folder]);
  await attach(stack, sshd);
  stack.firstOnPath = shim.folder;
  let [sessions, logins] = [0, 0];
  const begun = () => sshd.log().match(/^Starting session: command /gm)?.length ?? 0;
  return {
    host: HOST,
    commands: () => [...shim.commands().map(unframed), ...textsOf(recorder).filter((text) => !isBootstrap(text))],
    // The first session of each login keeps the connection, and runs no command.
    counted: () => begun() - sessions - (sshd.logins() - logins),
    clear() {
      shim.clear();
      recorder.clear();
      [sessions, logins] = [begun(), sshd.logins()];
    },
    close: () => sshd.stop(),
  };
}

const textsOf = (recorder: ProgramRecorder): string[] =>
  recorder.calls().map(({ argv, script }) => (script === "" ? argv.join(" ") : script));

/** The shell of a session, and of the connection itself: it takes what it runs from standard input. */
const isBootstrap = (text: string): boolean => /^sh -c LC_ALL=C; export LC_ALL; IFS= read -r line/.test(text);

/** A command without the frame that the plugin puts around each one (provider/reach/ssh/remote-script.ts). */
function unframed(sent: string): string {
  const [line = "", ...input] = sent.split("\n");
  const argv = /; set -- (.*?); read -r _ _/.exec(line)?.[1];
  if (argv === undefined) throw new Error(`not a command of the plugin: ${line}`);
  return [argv.replaceAll(`'"$n"'`, "\n"), ...input].join("\n");
}
