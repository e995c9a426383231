import { SshReach } from "../../provider/reach/ssh/ssh";
import { spawnLockHolder } from "../support/lock-holder-process";
import { reachConformance } from "../support/reach-conformance";
import { type Sshd, startSshd } from "../support/sshd";
import { accessTo } from "./support/ssh";

describe("a machine by ssh", () => {
  let sshd: Sshd;
  let reach: SshReach;

  before(async () => {
    sshd = await startSshd();
    reach = new SshReach("node7", accessTo(sshd));
  });

  after(async () => {
    await reach.close();
    await sshd.stop();
  });

  reachConformance("ssh", () => reach, {
    another: () => new SshReach("node7", accessTo(sshd)),
    lockHolder: (name) => spawnLockHolder(name, accessTo(sshd)),
  });
});
