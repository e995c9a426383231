import type { DebianGuest } from "./debian-guest";

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
export async function withFullDisk<T>(guest: DebianGuest, work: () => Promise<T>): Promise<T> {
  try {
    await guest.run(FILL);
    return await work();
  } finally {
    await guest.run(`rm -f ${FILLER}.* && sync`);
  }
}

/** Runs work while a folder of the guest can be read and not written. */
export async function withReadOnly<T>(guest: DebianGuest, folder: string, work: () => Promise<T>): Promise<T> {
  await guest.run(`mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder}`);
  try {
    return await work();
  } finally {
    await guest.run(`umount -l ${folder}`);
  }
}
