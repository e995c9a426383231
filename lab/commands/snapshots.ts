import { hostAndWord } from "./arguments";
import type { Command } from "./command";
import { showing } from "./progress";

const [SAVE_SECONDS, RESTORE_SECONDS] = [3, 5];

export const snapshot: Command = {
  usage: "snapshot [NAME] SNAPSHOT",
  says: "keeps disk, memory, BMC and card firmware as they are now",
  async run(args) {
    const { host, word } = hostAndWord(args, "SNAPSHOT");
    await showing(`keeping ${word}`, SAVE_SECONDS, host.snapshot(word));
    return 0;
  },
};

export const restore: Command = {
  usage: "restore [NAME] SNAPSHOT",
  says: "goes back to a snapshot, in the middle of whatever ran then; mends all faults",
  async run(args) {
    const { host, word } = hostAndWord(args, "SNAPSHOT");
    await showing(`restoring ${word}`, RESTORE_SECONDS, host.restore(word));
    return 0;
  },
};
