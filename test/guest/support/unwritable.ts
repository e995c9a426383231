import type { DebianGuest } from "./debian-guest";

/** Runs work while a folder of the guest, and all below it, can be read and not written. */
export function withReadOnly<T>(guest: DebianGuest, folder: string, work: () => Promise<T>): Promise<T> {
  const take = `mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder}`;
  return between(guest, take, `umount -l ${folder}`, work);
}

/** Runs work while that folder, with its files, is on a disk of its own that is full. */
export function withFullFolder<T>(guest: DebianGuest, folder: string, work: () => Promise<T>): Promise<T> {
  const take = `set -e
rm -rf /run/copy
cp -a ${folder} /run/copy
mount -t tmpfs -o size=256k,mode=755 tmpfs ${folder}
cp -a /run/copy/. ${folder}
rm -r /run/copy
cat /dev/zero > ${folder}/filler 2> /dev/null || [ -s ${folder}/filler ]`;
  return between(guest, take, `umount -l ${folder}`, work);
}

const FILLER = "/var/tmp/filler";

/** fallocate takes all but what ext4 keeps for itself, 16 MiB at most; the rest is written until no block is left. */
const FILL = `
free=$(($(stat -f -c '%f * %S' /)))
fallocate -l $((free - 33554432)) ${FILLER}.0 || exit 1
n=1
while dd if=/dev/zero of=${FILLER}.$n bs=4096 count=256 conv=fsync 2> /dev/null; do n=$((n + 1)); done
! dd if=/dev/zero of=${FILLER}.last bs=4096 count=1 conv=fsync 2> /dev/null
`;

/** Runs work while the guest's root file system has no block left. */
export const withFullDisk = <T>(guest: DebianGuest, work: () => Promise<T>): Promise<T> =>
  between(guest, FILL, `rm -f ${FILLER}.* && sync`, work);

async function between<T>(guest: DebianGuest, take: string, giveBack: string, work: () => Promise<T>): Promise<T> {
  await guest.run(take);
  try {
    return await work();
  } finally {
    await guest.run(giveBack);
  }
}
