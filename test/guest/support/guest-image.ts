import { join } from "node:path";

/** What all test guests are made of: one disk image, its kernel and initramfs. */
export interface GuestImage {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
}

export function guestImage(): GuestImage {
  const folder = process.env.GPUDIRECT_GUEST_OS;
  if (!folder)
    throw new Error("GPUDIRECT_GUEST_OS is not set: these tests need what set-up makes, run npm run test:lab");
  return {
    disk: join(folder, "disk.qcow2"),
    kernel: join(folder, "vmlinux"),
    initrd: join(folder, "initrd.img"),
  };
}
