import { type DomainDocument, type DomainDocumentInput, domainDocument } from "../../../core/domain/document";

const GPU = "0000:18:00.0";
const NIC = "0001:19:00.3";
const LONE = "0000:1a:00.0";

/** Two cells; below the first a switch with a GPU and a NIC, and a lone disk; a nested switch below the second. */
export function sample(changes: Partial<DomainDocumentInput> = {}): DomainDocument {
  return domainDocument.parse({
    name: "vm",
    cpu: { mode: "host-passthrough", sockets: 2, cores: 2, threads: 1, physicalAddressBits: "host" },
    cells: {
      0: { cpus: "0-1", memoryMiB: 2048, hostNodes: "0", distances: { 0: 10, 1: 21 } },
      1: { cpus: "2-3", memoryMiB: 2048, hostNodes: "1", distances: { 0: 21, 1: 10 } },
    },
    vcpuPins: { 0: "1", 1: "2", 2: "9", 3: "10" },
    emulatorPin: "0,8",
    hugepageKiB: 1048576,
    lockedMemory: true,
    mmio64MiB: 262144,
    expanderBuses: { "0000:15": { busNr: 32, slot: 6, cell: 0 }, "0000:98": { busNr: 64, slot: 7, cell: 1 } },
    switches: {
      "0000:16:00.0": { parent: "0000:15", port: 0 },
      "0000:99:00.0": { parent: "0000:98", port: 0 },
      "0000:9a:00.0": { parent: "0000:99:00.0", port: 1 },
    },
    devices: {
      [GPU]: { parent: "0000:16:00.0", port: 0 },
      [NIC]: { parent: "0000:16:00.0", port: 1 },
      [LONE]: { parent: "0000:15", port: 1 },
      "0000:9b:00.0": { parent: "0000:9a:00.0", port: 3 },
      "0000:9c:00.0": { parent: "0000:99:00.0", port: 2 },
    },
    disks: { root: { source: { file: "/images/vm.qcow2" }, rootPort: 1 } },
    interfaces: { lan: { network: "default", mac: "52:54:00:12:34:56", rootPort: 2 } },
    ...changes,
  });
}

export { GPU, LONE, NIC };
