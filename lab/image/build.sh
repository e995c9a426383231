#!/bin/bash
# build.sh OUTPUT_DIR: the disk image of a simulated host: Debian 12 with systemd, GRUB (BIOS), sshd, libvirt and QEMU, from
# the distribution's packages. Leaves OUTPUT_DIR/disk.qcow2, its kernel as vmlinuz, and packages.txt. Needs root, mmdebstrap, sfdisk, mke2fs and
# qemu-img; no loop device and no mount. LAB_MIRROR: a Debian mirror, by default the one that apt uses here.
set -euo pipefail
out=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
suite=bookworm
root_mib=3072
start_mib=1
work=$(mktemp -d "$out/.build-XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
phase() { echo "phase: $1"; }

packages=(
  systemd systemd-sysv udev dbus kmod linux-image-cloud-amd64 initramfs-tools zstd
  openssh-server iproute2 pciutils ethtool numactl procps less busybox cpio jq sudo qemu-guest-agent
  grub2-common grub-pc-bin
  libvirt-daemon libvirt-daemon-driver-qemu libvirt-daemon-system libvirt-clients qemu-system-x86 seabios ovmf qemu-utils
  mstflint
)
mirror=${LAB_MIRROR:-$(apt-cache policy | sed -n "s,.* \(https\?://[^ ]*/debian\) $suite/main .*,\1,p" | head -1)}
sources=()
[ -z "$mirror" ] || sources=("deb $mirror $suite main" "deb $mirror $suite-updates main")

phase "unpacking Debian packages"
# Modules of the initramfs are listed by hand: a small one is read faster by an emulated BIOS.
mmdebstrap --quiet --variant=minbase --mode=root \
  --aptopt='APT::Install-Recommends "0"' --aptopt='Acquire::Languages "none"' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-confold \
  --include="$(IFS=,; echo "${packages[*]}")" \
  --setup-hook='mkdir -p "$1/etc/initramfs-tools/conf.d"' \
  --setup-hook='printf "MODULES=list\nCOMPRESS=lz4\n" > "$1/etc/initramfs-tools/conf.d/lab.conf"' \
  --setup-hook='printf "virtio_pci\nvirtio_blk\next4\n" > "$1/etc/initramfs-tools/modules"' \
  "$suite" "$root" "${sources[@]}"

phase "configuring"
cp -rT --no-preserve=ownership "$here/tree" "$root"
# The simulated cards' programs stand in the way of mstflint's, which would find no card; the rest of the package is real.
for program in mstconfig mstfwreset; do
  chroot "$root" dpkg-divert --quiet --local --rename --divert "/usr/bin/$program.real" --add "/usr/bin/$program"
done
install -m755 "$here/../nic/host-programs/mstconfig.py" "$root/usr/bin/mstconfig"
for program in mlxconfig mstfwreset; do ln -s mstconfig "$root/usr/bin/$program"; done
rm -f "$root"/etc/ssh/ssh_host_*
# No fsck: the journal is replayed at mount, also after a power cut.
echo 'LABEL=labroot / ext4 defaults,noatime 0 0' > "$root/etc/fstab"
enabled=(systemd-networkd.service lab-identity.service)
disabled=(
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
  libvirt-guests.service getty@tty1.service systemd-pstore.service
)
chroot "$root" systemctl --quiet enable "${enabled[@]}"
chroot "$root" systemctl --quiet disable "${disabled[@]}"
# Waits, and modules of what an emulated server does not have.
masked=(systemd-networkd-wait-online.service systemd-binfmt.service modprobe@{drm,efi_pstore,loop,dm_mod,fuse}.service)
chroot "$root" systemctl --quiet mask "${masked[@]}"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin
chroot "$root" dpkg-query --show > "$out/packages.txt"

phase "installing GRUB"
uuid=$(cat /proc/sys/kernel/random/uuid)
kernel=$(basename "$root"/boot/vmlinuz-*)
version=${kernel#vmlinuz-}
cp "$root/boot/$kernel" "$out/vmlinuz"
mkdir -p "$root/boot/grub/i386-pc"
chroot "$root" grub-editenv /boot/grub/grubenv create
cp "$root"/usr/lib/grub/i386-pc/*.{mod,lst} "$root/boot/grub/i386-pc/"
# update-grub wants the block device that / will be: the first configuration is written here, update-grub writes the next.
arguments=$(. "$root/etc/default/grub"; echo "$GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX_DEFAULT")
cat > "$root/boot/grub/grub.cfg" <<CONFIG
set timeout=0
serial --unit=0 --speed=115200
terminal_input serial
terminal_output serial
search --no-floppy --fs-uuid --set=root $uuid
menuentry 'Debian GNU/Linux, with Linux $version' --id gnulinux-$version-advanced-$uuid {
  linux /boot/$kernel root=UUID=$uuid ro ${arguments% }
  initrd /boot/initrd.img-$version
}
CONFIG
cat > "$work/early.cfg" <<CONFIG
search --no-floppy --fs-uuid --set=root $uuid
set prefix=(\$root)/boot/grub
configfile \$prefix/grub.cfg
CONFIG
cp "$work/early.cfg" "$root/tmp/early.cfg"
chroot "$root" grub-mkimage -O i386-pc -p /boot/grub -c /tmp/early.cfg -o /tmp/core.img biosdisk \
  part_msdos ext2 normal linux search search_fs_uuid configfile serial terminal echo test loadenv boot ls
mv "$root/tmp/core.img" "$work/core.img"
cp "$root/usr/lib/grub/i386-pc/boot.img" "$work/boot.img"
rm "$root/tmp/early.cfg"
# GRUB lies between the master boot record and the first partition.
[ "$(stat -c %s "$work/core.img")" -lt $((start_mib * 1024 * 1024 - 512)) ]

phase "writing the disk"
disk=$work/disk.raw
truncate -s $((start_mib + root_mib + 1))M "$disk"
mke2fs -q -t ext4 -L labroot -U "$uuid" -E "lazy_itable_init=0,nodiscard,offset=$((start_mib * 1024 * 1024))" \
  -O ^metadata_csum_seed -d "$root" "$disk" "${root_mib}M" > /dev/null
echo "$((start_mib * 2048)),$((root_mib * 2048)),83,*" | sfdisk --quiet --label dos --no-reread --no-tell-kernel "$disk"
dd if="$work/boot.img" of="$disk" bs=440 count=1 conv=notrunc status=none
dd if="$work/core.img" of="$disk" bs=512 seek=1 conv=notrunc status=none
qemu-img convert -O qcow2 "$disk" "$out/disk.qcow2"
