#!/bin/bash
# build.sh OUTPUT_DIR: the disk image of a Debian 12 guest with every owner of the network installed and none enabled, from the
# distribution's packages. Leaves OUTPUT_DIR/disk.qcow2, vmlinux, initrd.img and packages.txt. Needs root, mmdebstrap, mke2fs,
# cpio, xz and qemu-img; no loop device and no mount. GUEST_MIRROR: a Debian mirror, by default the one that apt uses here.
set -euo pipefail
out=$(realpath "$1")
here=$(dirname "$(realpath "$0")")
suite=bookworm
root_mib=2048
work=$(mktemp -d "$out/.build-XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
phase() { echo "phase: $1"; }

packages=(
  systemd systemd-sysv udev dbus kmod linux-image-amd64 initramfs-tools busybox-static
  openssh-server iproute2 iputils-ping ethtool pciutils procps less qemu-guest-agent
  netplan.io network-manager ifupdown isc-dhcp-client
)
# Modules of hardware that no such guest has: most of what a kernel package weighs.
no_modules=(
  arch/x86/{crypto,kvm}
  drivers/{accessibility,ata,bluetooth,comedi,cpufreq,crypto,firewire,gpu,gnss,hid,hwmon,i2c,iio,input,isdn,leds,media,memstick}
  drivers/{mfd,mmc,mtd,nfc,nvme,parport,pcmcia,platform,power,regulator,rtc,scsi,soundwire,spi,staging,target,thunderbolt,tty,usb,video}
  drivers/net/{arcnet,can,fddi,hamradio,ieee802154,plip,ppp,slip,usb,wan,wireless,wwan}
  fs/{afs,btrfs,ceph,cifs,dlm,ext2,f2fs,gfs2,jfs,nfs,nfsd,ntfs3,ocfs2,reiserfs,smb,ubifs,udf,xfs} sound
  net/{6lowpan,appletalk,atm,ax25,batman-adv,bluetooth,can,ceph,ieee802154,mac80211,mac802154,netrom,nfc,rose,wireless}
)
excludes=()
for folder in "${no_modules[@]}"; do excludes+=("--dpkgopt=path-exclude=/lib/modules/*/kernel/$folder/*"); done
for folder in man doc locale info; do excludes+=("--dpkgopt=path-exclude=/usr/share/$folder/*"); done
mirror=${GUEST_MIRROR:-$(apt-cache policy | sed -n "s,.* \(https\?://[^ ]*/debian\) $suite/main .*,\1,p" | head -1)}
sources=()
[ -z "$mirror" ] || sources=("deb $mirror $suite main" "deb $mirror $suite-updates main")

phase "unpacking Debian packages"
# Keys of the SSH server that are there are not made.
# Debian's initramfs with its own udev would take ten seconds of an emulated boot; ours is made below.
mmdebstrap --quiet --variant=minbase --mode=root \
  --aptopt='APT::Install-Recommends "0"' --aptopt='Acquire::Languages "none"' \
  --dpkgopt=force-confold --dpkgopt=force-unsafe-io "${excludes[@]}" \
  --include="$(IFS=,; echo "${packages[*]}")" \
  --setup-hook='mkdir -p "$1/etc/initramfs-tools"' \
  --setup-hook='echo update_initramfs=no > "$1/etc/initramfs-tools/update-initramfs.conf"' \
  --setup-hook='mkdir -p "$1/etc/ssh" && touch "$1"/etc/ssh/ssh_host_{rsa,ecdsa,ed25519}_key' \
  "$suite" "$root" "${sources[@]}"

phase "configuring"
cp -rT --no-preserve=ownership "$here/tree" "$root"
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/machine-id" "$root/var/lib/dbus/machine-id"
# No fsck: the journal is replayed at mount, also after a power cut.
echo '/dev/vda / ext4 defaults 0 0' > "$root/etc/fstab"
disabled=(
  systemd-networkd.service systemd-networkd.socket systemd-networkd-wait-online.service
  NetworkManager.service NetworkManager-wait-online.service NetworkManager-dispatcher.service networking.service
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer
  getty@tty1.service systemd-pstore.service
)
chroot "$root" systemctl --quiet disable "${disabled[@]}"
# A session of its own for each login costs seconds under emulation.
chroot "$root" pam-auth-update --package --remove systemd
# Modules of what an emulated guest does not have.
chroot "$root" systemctl --quiet mask systemd-binfmt.service modprobe@{drm,efi_pstore,loop,dm_mod,fuse}.service
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin
chroot "$root" dpkg-query --show > "$out/packages.txt"

phase "making the initramfs"
kernel=$(basename "$root"/boot/vmlinuz-*)
version=${kernel#vmlinuz-}
tree=$work/initramfs
mkdir -p "$tree"/{bin,sbin,dev,proc,sys,root,modules}
install -m755 "$here/init" "$tree/init"
install -m755 "$root/bin/busybox" "$tree/bin/busybox"
for applet in sh mount cat insmod tar chroot switch_root; do ln -s busybox "$tree/bin/$applet"; done
for module in virtio_pci virtio_blk ext4 crc32c_generic qemu_fw_cfg; do
  chroot "$root" modprobe --set-version "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  cp "$root/$file" "$tree/modules/"
  basename "$file" >> "$tree/modules/order"
done
(cd "$tree" && find . | cpio --create --format=newc --owner=0:0 --quiet) > "$out/initrd.img"

phase "unpacking the kernel"
# QEMU starts an ELF kernel by its PVH entry: to unpack it would take an emulated CPU five seconds of each boot.
# The payload lies behind the setup sectors, and a word with its size behind the xz stream (Documentation/arch/x86/boot.rst).
image=$root/boot/$kernel
number() { od --address-radix=n --skip-bytes="$1" --read-bytes="$2" --format="u$2" "$image" | tr -d ' '; }
start=$(((1 + $(number 0x1f1 1)) * 512 + $(number 0x248 4)))
length=$(($(number 0x24c 4) - 4))
head --bytes=$((start + length)) "$image" | tail --bytes=$length | xz --decompress > "$out/vmlinux"

phase "writing the disk"
disk=$work/disk.raw
mke2fs -q -t ext4 -E lazy_itable_init=0,nodiscard -O ^metadata_csum_seed -d "$root" "$disk" "${root_mib}M" > /dev/null
qemu-img convert -O qcow2 "$disk" "$out/disk.qcow2"
# QEMU runs as a user of its own under libvirt.
chmod 755 "$out"
chmod 644 "$out"/*
