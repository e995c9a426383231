// Takes a lock, says so, and holds it until it is killed: node lock-holder.ts LOCK [SSH-ACCESS-AS-JSON]
import { LocalReach } from "../../provider/reach/local";
import { SshReach } from "../../provider/reach/ssh/ssh";

async function main([name = "", access]: string[]): Promise<void> {
  const reach = access === undefined ? new LocalReach() : new SshReach("node7", JSON.parse(access));
  await reach.lock(name, { signal: new AbortController().signal, waitMs: 20_000, holder: "a process to be killed" });
  process.stdout.write("locked\n");
}

main(process.argv.slice(2));
