import type { Running } from "../../engine/support/running";
import { eventually } from "../../support/eventually";
import type { DebianGuest } from "./debian-guest";

/** Folder that comes before the system's own on PATH, of sshd and of the agent alike. */
const PROGRAM = "/usr/local/sbin/ethtool";
const HELD = "/run/held";

/**
 * Stands before ethtool. A change of a ring waits until somebody writes to the fifo: what it reads decides whether ethtool is
 * run. It tells the processes above it, up to the server that has started them.
 */
const SCRIPT = `#!/bin/sh
if [ "$1" = -G ] && [ -p ${HELD}/go ]; then
  pid=$$
  chain=
  while [ "$pid" -gt 1 ]; do
    read -r name < /proc/$pid/comm
    case $name in
      sshd) echo "$pid" > ${HELD}/server; break ;;
      qemu-ga) break ;;
    esac
    chain="$chain $pid"
    pid=$(awk '$1 == "PPid:" { print $2 }' /proc/$pid/status)
  done
  echo "$chain" > ${HELD}/chain.new
  mv ${HELD}/chain.new ${HELD}/chain
  read -r word < ${HELD}/go
  rm -f ${HELD}/go
  [ "$word" = run ] || { echo 'netlink error: No such device' >&2; exit 1; }
fi
exec /usr/sbin/ethtool "$@"
`;

/** Holds the next change of a ring, which is in the middle of an update: parameters of the kernel and MTU are set by then. */
export async function holdRings(guest: DebianGuest): Promise<void> {
  await guest.run(`mkdir ${HELD} && mkfifo ${HELD}/go && cat > ${PROGRAM} && chmod 755 ${PROGRAM}`, SCRIPT);
}

/** Waits until the update is held; one that ends before that fails with what it said. */
export async function untilHeld(guest: DebianGuest, update: Running): Promise<void> {
  let early: string | undefined;
  void update.ended.then(({ text }) => {
    early = text;
  });
  const isHeld = async (): Promise<boolean> => {
    if ((await guest.tryRun(`test -e ${HELD}/chain`)).status === 0) return true;
    if (early !== undefined) throw new Error(`the update has ended without changing a ring:\n${early}`);
    return false;
  };
  await eventually("an update waits at a ring", isHeld, 300_000);
}

/** Ends the SSH session that the held update came by, as a broken connection does. */
export async function cutConnection(guest: DebianGuest): Promise<void> {
  await guest.run(`kill -KILL $(cat ${HELD}/server)`);
}

/** Lets the held update go on, where it is still there, and waits for its end. */
export async function letGo(guest: DebianGuest, word: "run" | "fail"): Promise<void> {
  await guest.run(`timeout 5 sh -c '[ ! -p ${HELD}/go ] || echo ${word} > ${HELD}/go' || :`);
  await untilEnded(guest);
  await unhold(guest);
}

/** Takes away what holds. */
export async function unhold(guest: DebianGuest): Promise<void> {
  await guest.run(`rm -rf ${HELD} ${PROGRAM}`);
}

/** Waits until the processes of the held update are gone. */
async function untilEnded(guest: DebianGuest): Promise<void> {
  const alive = `for pid in $(cat ${HELD}/chain); do [ ! -e /proc/$pid ] || echo $pid; done`;
  await eventually("the held update has ended", async () => (await guest.run(alive)) === "", 120_000);
}
