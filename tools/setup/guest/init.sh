#!/bin/busybox sh
# The rehearsal guest: no disk and no services but the guest agent, so that it is up in seconds without KVM.
/bin/busybox --install -s /bin
export PATH=/bin:/sbin:/usr/sbin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
# What udev makes elsewhere, and scripts count on.
ln -s /proc/self/fd /dev/fd
for stream in 0:stdin 1:stdout 2:stderr; do ln -s "fd/${stream%:*}" "/dev/${stream#*:}"; done
# Only a panic speaks on the console: the kernel shows one whatever the level.
dmesg -n 1
for module in /lib/modules/*; do insmod "$module"; done
echo 'root:x:0:0:root:/:/bin/sh' > /etc/passwd
echo 'root:x:0:' > /etc/group

# The power button of `virsh shutdown`.
acpid -f -c /etc/acpi -l /dev/null -p /run/acpid.pid &

port=
while [ -z "$port" ]; do
  for name in /sys/class/virtio-ports/*/name; do
    [ -e "$name" ] && [ "$(cat "$name")" = org.qemu.guest_agent.0 ] && port=$(basename "$(dirname "$name")")
  done
  [ -n "$port" ] || sleep 0.1
done
echo "guest agent on /dev/$port" > /dev/console
while :; do
  qemu-ga --method virtio-serial --path "/dev/$port" --statedir /run --pidfile /run/qemu-ga.pid > /run/qemu-ga.log 2>&1
  sleep 1
done
