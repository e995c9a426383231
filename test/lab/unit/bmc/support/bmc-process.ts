import { Bmc } from "../../../../../lab/bmc/bmc";
import { MemorySystem } from "./memory-system";

/** A BMC in a process of its own, for a test to kill. Its state directory is the argument; it prints where it serves. */
async function main(): Promise<void> {
  const [stateDirectory = ""] = process.argv.slice(2);
  const bmc = await Bmc.start({ flavour: "hpe", stateDirectory, system: new MemorySystem() });
  process.stdout.write(`${JSON.stringify({ url: bmc.url, certificateFile: bmc.certificateFile, users: bmc.users })}\n`);
}

void main();
