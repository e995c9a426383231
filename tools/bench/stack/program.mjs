// @ts-check
// The program that is measured: many domains, of which each has what a guest of a small GPU server has.

/** @param {number} count */
export const program = (count) => `
const pulumi = require("@pulumi/pulumi");
for (let index = 0; index < ${count}; index++) {
  const name = \`vm-\${index}\`;
  new pulumi.CustomResource("gpudirect:index:Domain", name, { name, ...${JSON.stringify(domain)} });
}
`;

const domain = {
  type: "qemu",
  firmware: "bios",
  running: false,
  cpu: { mode: "host-model", sockets: 2, cores: 2, threads: 1 },
  cells: {
    0: { cpus: "0-1", memoryMiB: 1024, hostNodes: "0", distances: { 0: 10, 1: 21 } },
    1: { cpus: "2-3", memoryMiB: 1024, hostNodes: "1", distances: { 0: 21, 1: 10 } },
  },
  vcpuPins: { 0: "0", 1: "1", 2: "56", 3: "57" },
  emulatorPin: "2-3",
  expanderBuses: { "0000:15": { busNr: 32, slot: 10, cell: 0 }, "0000:80": { busNr: 64, slot: 11, cell: 1 } },
  switches: { "0000:16:00.0": { parent: "0000:15", port: 0 } },
  devices: {
    "0000:18:00.0": { parent: "0000:16:00.0", port: 0, standIn: "gpu" },
    "0000:19:00.0": { parent: "0000:16:00.0", port: 1, standIn: "nic" },
    "0000:81:00.0": { parent: "0000:80", port: 0, standIn: "gpu" },
    "0000:82:00.0": { parent: "0000:80", port: 1, standIn: "nic" },
  },
  disks: { root: { source: { file: "/var/lib/libvirt/images/root.qcow2" }, format: "qcow2", rootPort: 1 } },
  interfaces: { lan: { network: "default", mac: "52:54:00:12:34:56", rootPort: 2 } },
};
