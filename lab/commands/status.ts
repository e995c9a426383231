import { existsSync, readdirSync } from "node:fs";
import { LabHost } from "../client/lab-host";
import { isHostName, labDirectory } from "../host/host-directory";
import type { HostStatus } from "../host/host-status";
import { readArguments } from "./arguments";
import type { Command } from "./command";

export const status: Command = {
  usage: "status [NAME] [--json]",
  says: "what is there: power, how to reach host and BMC, addresses that differ from the host file; --json has all of it",
  async run(args) {
    const { values, words } = readArguments(args, { json: { type: "boolean", default: false } }, 1);
    const names = words.length > 0 ? words : hostNames();
    const found = await Promise.all(names.map((name) => statusOrWhyNot(LabHost.remains(name))));
    if (values.json) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`);
    else if (found.length === 0) process.stdout.write('no lab host; "npm run lab -- up" starts one\n');
    else process.stdout.write(found.map(describe).join("\n"));
    return 0;
  },
};

interface NotRunning {
  readonly name: string;
  readonly notRunning: string;
}

async function statusOrWhyNot(host: LabHost): Promise<HostStatus | NotRunning> {
  if (!LabHost.exists(host.name)) {
    return { name: host.name, notRunning: `is not made to its end; "npm run lab -- down ${host.name}" removes it` };
  }
  try {
    return await host.status();
  } catch (error) {
    // One host that fails says nothing of the others.
    return { name: host.name, notRunning: (error as Error).message };
  }
}

const describe = (found: HostStatus | NotRunning): string =>
  "notRunning" in found ? `${found.name}: ${found.notRunning}\n` : describeHost(found);

export function describeHost(status: HostStatus): string {
  const { name, ssh, bmc } = status;
  const moved = Object.entries(status.movedAddresses);
  const lines = [
    `${name}: ${status.power}, ${status.product}, ${status.cpus} CPUs, ${status.memoryMiB} MiB, ${status.accelerator}`,
    `  ssh       ssh -F ${ssh.configFile} ${name}`,
    `  BMC       ${bmc.address} (${status.flavour}), user ${bmc.user}, password in ${bmc.passwordFile}`,
    `            certificate ${bmc.certificateFile}`,
    `  serial    ${status.serialLog}`,
    `  addresses ${moved.length === 0 ? "as in the host file" : `${moved.length} differ from the host file's:`}`,
    ...moved.map(([inFile, simulated]) => `              ${inFile} is ${simulated}`),
    ...status.notes.map((note) => `  note      ${note}`),
    `  snapshots ${status.snapshots.join(", ") || "none"}`,
  ];
  return `${lines.join("\n")}\n`;
}

function hostNames(): string[] {
  const directory = labDirectory();
  if (!existsSync(directory)) return [];
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).filter(isHostName);
}
