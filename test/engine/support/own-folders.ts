import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { components } from "./components";
import { testPlugin } from "./plugins";

/** Folders that nothing but a test's own processes write to. */
export interface Folders {
  /** Holds all of them. */
  readonly root: string;
  /** TMPDIR of all processes. */
  readonly tmp: string;
  /** GPUDIRECT_STATE_DIRECTORY of this machine. */
  readonly records: string;
}

/** Environment of folders, for processes that are started without this process's own. */
export const environmentOf = ({ tmp, records }: Folders) => ({ TMPDIR: tmp, GPUDIRECT_STATE_DIRECTORY: records });

/** Makes folders and sets them in the environment, which a Stack takes when it is made. `restore` undoes it. */
export async function ownFolders(): Promise<Folders & { restore(): void }> {
  // Made once for all tests: they must not lie in a folder that goes.
  await testPlugin();
  components();
  const root = mkdtempSync(join(tmpdir(), "own-"));
  const folders: Folders = { root, tmp: join(root, "tmp"), records: join(root, "records") };
  for (const folder of [folders.tmp, folders.records]) mkdirSync(folder);
  const before = Object.keys(environmentOf(folders)).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environmentOf(folders));
  return {
    ...folders,
    restore() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** What a connection has left in the folder of temporary files; stacks and servers of the tests have names of their own. */
export const leftInTmp = ({ tmp }: Folders): string[] =>
  readdirSync(tmp).filter((name) => /^gpudirect-(?!test-)/.test(name));
