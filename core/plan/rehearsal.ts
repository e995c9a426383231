import type { DomainDocument, GuestCell, GuestDevice } from "../domain/document";
import type { HostSwitches } from "../layout/host-switches";

const REHEARSAL_MIB = 256;

/** What binds a domain to its host, and so has no place in a rehearsal. */
export const OMITTED_IN_REHEARSAL = [
  "host devices (emulated endpoints take their places)",
  "CPU pins (vcpupin, emulatorpin)",
  "memory placement (numatune, memnode)",
  "hugepages",
  "locked memory",
  "guest physical address width (maxphysaddr) and the 64-bit MMIO window",
  "CPU model",
  `CPU counts and memory sizes (1 CPU and ${REHEARSAL_MIB} MiB for each cell)`,
];

/**
 * The domain's PCI tree, cells and distances with emulated endpoints, so that it boots wherever QEMU does. Emulated by
 * TCG: whether KVM works is only known once a guest has booted with it.
 */
export function asRehearsal(domain: DomainDocument, host: HostSwitches): DomainDocument {
  const cells: Record<string, GuestCell> = {};
  for (const [id, cell] of Object.entries(domain.cells)) {
    const distances = cell.distances ? { distances: cell.distances } : {};
    cells[id] = { cpus: id, memoryMiB: REHEARSAL_MIB, ...distances };
  }
  const devices: Record<string, GuestDevice> = {};
  for (const [address, device] of Object.entries(domain.devices)) {
    const kind = host.endpoints.get(address)?.kind;
    devices[address] = { ...device, standIn: kind === "gpu" || kind === "nic" ? kind : "other" };
  }
  const { vcpuPins, emulatorPin, hugepageKiB, mmio64MiB, ...rest } = domain;
  return {
    ...rest,
    type: "qemu",
    cpu: { sockets: Object.keys(cells).length, cores: 1, threads: 1 },
    cells,
    lockedMemory: false,
    devices,
  };
}
