import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { HostStatus } from "../host/host-status";
import type { SimulatedHost } from "./simulated-host";
import { snapshotNames } from "./snapshots";

export function statusOf(host: SimulatedHost): HostStatus {
  const { spec, directory, bmc, plan } = host;
  const moved = [...plan.addresses].filter(([inFile, simulated]) => inFile !== simulated);
  return {
    name: spec.name,
    power: host.powerState(),
    starts: host.starts,
    product: [spec.topology.vendor, spec.topology.product].filter(Boolean).join(" "),
    flavour: spec.flavour,
    accelerator: spec.accelerator,
    memoryMiB: spec.memoryMiB,
    cpus: spec.cpus,
    ssh: {
      address: "127.0.0.1",
      port: host.relay.port,
      user: "root",
      keyFile: directory.sshKey,
      hostKey: readFileSync(`${directory.sshHostKey}.pub`, "utf8").split(" ").slice(0, 2).join(" ").trim(),
      configFile: directory.sshConfig,
    },
    bmc: {
      address: bmc.url,
      user: bmc.users.find(({ roleId }) => roleId === "Administrator")?.userName ?? "",
      passwordFile: bmc.passwordFile,
      certificateFile: bmc.certificateFile,
      certificateSha256: fingerprint(bmc.certificateFile),
    },
    serialLog: directory.serialLog,
    snapshots: snapshotNames(host),
    machinePid: host.machinePid,
    keeperPid: process.pid,
    movedAddresses: Object.fromEntries(moved),
    notes: plan.notes,
    addresses: Object.fromEntries(plan.addresses),
  };
}

function fingerprint(certificateFile: string): string {
  const { raw } = new X509Certificate(readFileSync(certificateFile));
  return createHash("sha256").update(raw).digest("hex");
}
