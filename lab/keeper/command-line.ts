import type { HostDirectory } from "../host/host-directory";
import type { HostSpec } from "../host/host-spec";

/** What the keeper decides about one start. */
export interface StartChoices {
  /** Port on the loopback that QEMU forwards to the host's sshd. */
  readonly sshForward: number;
  /** Where the firmware boots from; `None` and `Hdd` are the disk, anything else finds nothing to boot. */
  readonly bootFrom: string;
  /** CPUs do not run: the power-on self-test never ends. */
  readonly hang: boolean;
  /** A snapshot to go on from, instead of a boot. */
  readonly snapshot?: string;
}

/**
 * QEMU's arguments besides those of the PCI tree and the CPUs: what the simulated host runs from and is reached by. These
 * devices lie on QEMU's own root bus, in slots that the PCI tree leaves free, and are no part of the host file.
 */
export function keeperArguments(spec: HostSpec, directory: HostDirectory, choices: StartChoices): string[] {
  const { sockets } = directory;
  const boots = choices.bootFrom === "None" || choices.bootFrom === "Hdd";
  return [
    ...["-name", spec.name, "-nodefaults", "-no-user-config", "-display", "none"],
    ...["-accel", spec.accelerator === "kvm" ? "kvm" : "tcg,thread=multi,tb-size=512"],
    // A reset ends the process, as switching off does; the keeper learns which it was before it lets the process go.
    ...["-action", "reboot=shutdown,shutdown=pause"],
    ...["-smbios", `type=1,${smbios(spec)}`, "-uuid", spec.uuid],
    // Flushes reach the disk: what the guest made sure of survives a power cut.
    ...["-drive", `file=${option(directory.disk)},format=qcow2,if=none,id=disk,cache=writeback,discard=unmap`],
    ...["-device", `virtio-blk-pci,drive=disk,bus=pcie.0,addr=0x3${boots ? ",bootindex=0" : ""}`],
    // Nothing but the forwarded port goes in or out.
    ...["-netdev", `user,id=management,restrict=on,hostfwd=tcp:127.0.0.1:${choices.sshForward}-:22`],
    ...["-device", `virtio-net-pci,netdev=management,mac=${MANAGEMENT_MAC},bus=pcie.0,addr=0x4,romfile=`],
    ...["-device", "virtio-rng-pci,bus=pcie.0,addr=0x5"],
    ...["-device", "virtio-serial-pci,id=ports,bus=pcie.0,addr=0x6"],
    ...channel("agent", sockets.agent, "org.qemu.guest_agent.0"),
    ...channel("firmware", sockets.firmware, "gpudirect.lab.firmware"),
    ...["-chardev", `${socket("console", sockets.serial)},logfile=${option(directory.serialLog)},logappend=on`],
    ...["-serial", "chardev:console"],
    ...["-chardev", socket("monitor", sockets.monitor), "-mon", "chardev=monitor,mode=control"],
    ...identity(directory),
    ...(choices.hang ? ["-S"] : []),
    ...(choices.snapshot === undefined ? [] : ["-loadvm", choices.snapshot]),
  ];
}

/** The image gives DHCP to this address alone. */
const MANAGEMENT_MAC = "52:54:00:00:00:01";

const option = (value: string): string => value.replaceAll(",", ",,");

const socket = (id: string, path: string): string => `socket,id=${id},path=${option(path)},server=on,wait=off`;

const channel = (id: string, path: string, name: string): string[] => [
  ...["-chardev", socket(id, path)],
  ...["-device", `virtserialport,bus=ports.0,chardev=${id},name=${name}`],
];

function smbios({ topology, serialNumber }: HostSpec): string {
  const fields = { manufacturer: topology.vendor, product: topology.product, serial: serialNumber };
  return Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}=${option(value as string)}`)
    .join(",");
}

/** By file: keys do not show up among a process's arguments. */
function identity(directory: HostDirectory): string[] {
  const given = {
    hostname: directory.hostName,
    authorized_keys: `${directory.sshKey}.pub`,
    ssh_host_ed25519_key: directory.sshHostKey,
  };
  return Object.entries(given).flatMap(([name, file]) => [
    "-fw_cfg",
    `name=opt/gpudirect-lab/${name},file=${option(file)}`,
  ]);
}
