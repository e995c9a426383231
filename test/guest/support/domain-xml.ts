import type { GuestImage } from "./guest-image";
import { DATA, type GuestInterface, MANAGEMENT } from "./interfaces";

export interface DomainParts {
  readonly name: string;
  readonly image: GuestImage;
  /** The guest's own disk. */
  readonly overlay: string;
  /** Files that the guest takes over at its first boot: a tar archive, and the names of units to enable. */
  readonly given: { readonly files: string; readonly services: string };
  readonly consoleLog: string;
  /** Port of the loopback that leads to the guest's SSH. */
  readonly sshPort: number;
  /** Environment of its QEMU. */
  readonly environment: Readonly<Record<string, string>>;
}

const MEMORY_MIB = 1024;
const CPUS = 2;
/** Without AVX: what is emulated of it makes each switch between programs slower. */
const CPU = "Nehalem";

/**
 * no_timer_check: an emulated timer may be late, and the kernel would panic. norandmaps: QEMU keeps what it has translated by
 * virtual address, and a program that is elsewhere each time takes three times as long to start. The others each save seconds of
 * an emulated boot: fewer serial ports for udev, less on the serial console, no waits for RCU, no self-tests.
 */
const COMMAND_LINE = [
  "root=/dev/vda rw console=ttyS0,115200 loglevel=4 no_timer_check norandmaps 8250.nr_uarts=1 cryptomgr.notests mitigations=off",
  "audit=0 rcupdate.rcu_expedited=1 systemd.show_status=auto",
].join(" ");

/**
 * The guest's flushes do not wait for this machine's disk, which may take seconds. What it has written is in this machine's
 * memory when QEMU ends, also by a power cut, and is found again by the next one.
 */
const CACHE = "unsafe";

/** Slots of pcie.0, each with a root port: in their order the firmware counts the buses behind them. */
const FIRST_PORT_SLOT = 0x10;
const [DISK_SLOT, SERIAL_SLOT] = [0x05, 0x06];

/** QEMU's id of a NIC's device. */
export const deviceIdOf = (nic: GuestInterface): string => `nic-${nic.name}`;

const QEMU_DEVICE = { vmxnet3: "vmxnet3", virtio_net: "virtio-net-pci" } as const;

/**
 * A guest with SSH by a forwarded port and the agent's channel. Its NICs are QEMU's own arguments: libvirt cannot forward
 * a port, nor put NICs on a segment of the guest's own without an emulated router's IPv6 on it.
 */
export function domainXml(parts: DomainParts): string {
  const nics = [MANAGEMENT, ...DATA];
  const ports = nics.map(
    (_, index) => `    <controller type="pci" index="${index + 1}" model="pcie-root-port">
      ${pciAddress(FIRST_PORT_SLOT + index)}
    </controller>`,
  );
  const environment = Object.entries(parts.environment).map(
    ([name, value]) => `    <qemu:env name="${name}" value="${value}"/>`,
  );
  return `<domain type="qemu" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
  <name>${parts.name}</name>
  <memory unit="MiB">${MEMORY_MIB}</memory>
  <vcpu>${CPUS}</vcpu>
  <sysinfo type="fwcfg">
    <entry name="opt/gpudirect-guest/files" file="${parts.given.files}"/>
    <entry name="opt/gpudirect-guest/services" file="${parts.given.services}"/>
  </sysinfo>
  <os>
    <type arch="x86_64" machine="q35">hvm</type>
    <kernel>${parts.image.kernel}</kernel>
    <initrd>${parts.image.initrd}</initrd>
    <cmdline>${COMMAND_LINE}</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode="custom" match="exact" check="none"><model fallback="forbid">${CPU}</model></cpu>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type="file" device="disk">
      <driver name="qemu" type="qcow2" cache="${CACHE}" discard="unmap"/>
      <source file="${parts.overlay}"/>
      <target dev="vda" bus="virtio"/>
      ${pciAddress(DISK_SLOT)}
    </disk>
    <controller type="virtio-serial" index="0">${pciAddress(SERIAL_SLOT)}</controller>
    <controller type="usb" model="none"/>
${ports.join("\n")}
    <serial type="file"><source path="${parts.consoleLog}" append="on"/></serial>
    <channel type="unix"><target type="virtio" name="org.qemu.guest_agent.0"/></channel>
    <memballoon model="none"/>
  </devices>
  <qemu:commandline>
${nics.map((nic, index) => nicArguments(nic, index + 1, parts.sshPort)).join("\n")}
${environment.join("\n")}
  </qemu:commandline>
</domain>
`;
}

function nicArguments(nic: GuestInterface, bus: number, sshPort: number): string {
  const id = deviceIdOf(nic);
  const segment =
    nic === MANAGEMENT ? `user,id=net-${id},hostfwd=tcp:127.0.0.1:${sshPort}-:22` : `hubport,id=net-${id},hubid=1`;
  // As JSON, as libvirt gives its own: QEMU makes such devices after all others, and the ports have to be there.
  const device = JSON.stringify({
    driver: QEMU_DEVICE[nic.driver],
    id,
    netdev: `net-${id}`,
    mac: nic.mac,
    bus: `pci.${bus}`,
    addr: "0x0",
    romfile: "",
  });
  return ["-netdev", segment, "-device", device].map((value) => `    <qemu:arg value='${value}'/>`).join("\n");
}

const pciAddress = (slot: number): string =>
  `<address type="pci" domain="0" bus="0" slot="0x${slot.toString(16).padStart(2, "0")}" function="0"/>`;
