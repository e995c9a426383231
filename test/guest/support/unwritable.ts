import type { DebianGuest } from "./debian-guest";

/** A folder that cannot be written to until it is given back. */
export interface Unwritable {
  readonly giveBack: () => Promise<void>;
}

const undoneBy = (guest: DebianGuest, command: string): Unwritable => ({
  giveBack: async () => {
    await guest.run(command);
  },
});

/** A file system that is read only from that folder on. */
export async function readOnly(guest: DebianGuest, folder: string): Promise<Unwritable> {
  await guest.run(`mount --bind ${folder} ${folder} && mount -o remount,ro,bind ${folder}`);
  return undoneBy(guest, `umount -l ${folder}`);
}

/** A disk of that folder's own, with its files, and full. */
export async function full(guest: DebianGuest, folder: string): Promise<Unwritable> {
  await guest.run(`set -e
rm -rf /run/copy
cp -a ${folder} /run/copy
mount -t tmpfs -o size=256k,mode=755 tmpfs ${folder}
cp -a /run/copy/. ${folder}
rm -r /run/copy
cat /dev/zero > ${folder}/filler 2> /dev/null || [ -s ${folder}/filler ]`);
  return undoneBy(guest, `umount -l ${folder}`);
}
