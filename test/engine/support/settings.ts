/** A small domain that is defined and not started: two cells, a switch with two stand-ins, a device on a root port. */
export const smallDomain = (name: string) => ({
  name,
  type: "qemu",
  firmware: "bios",
  running: false,
  guestAgent: false,
  cpu: { sockets: 2, cores: 1, threads: 1 },
  cells: {
    0: { cpus: "0", memoryMiB: 128, distances: { 0: 10, 1: 21 } },
    1: { cpus: "1", memoryMiB: 128, distances: { 0: 21, 1: 10 } },
  },
  vcpuPins: { 0: "0", 1: "1" },
  expanderBuses: { "0000:15": { busNr: 32, slot: 10, cell: 0 }, "0000:80": { busNr: 64, slot: 11, cell: 1 } },
  switches: { "0000:16:00.0": { parent: "0000:15", port: 0 } },
  devices: {
    "0000:18:00.0": { parent: "0000:16:00.0", port: 0, standIn: "gpu" },
    "0000:19:00.0": { parent: "0000:16:00.0", port: 1, standIn: "nic" },
    "0000:81:00.0": { parent: "0000:80", port: 0, standIn: "other" },
  },
});

/** The small domain, booted to its agent and verified from inside. */
export const guestDomain = (name: string, boot: object) => ({
  ...smallDomain(name),
  boot,
  running: true,
  guestAgent: true,
  verifyGuest: true,
  restart: "graceful",
  vcpuPins: undefined,
});
