// Starts a machine and prints its process number, for a test to kill this process. Arguments: folder, then QEMU's.
import { join } from "node:path";
import { MachineProcess } from "../../../../../lab/keeper/machine-process";

async function main([folder = "", ...args]: string[]): Promise<void> {
  const [monitor, log] = [join(folder, "monitor"), join(folder, "log")];
  const machine = await MachineProcess.start({ args, env: {}, monitor, log });
  process.stdout.write(`${machine.pid}\n`);
}

void main(process.argv.slice(2));
