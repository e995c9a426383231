import { z } from "zod";
import { hostTopology } from "../../core/topology/model";
import { PROBE_SCRIPT } from "../../core/topology/probe-script";
import { readProbe } from "../../core/topology/sysfs";
import type { FunctionDefinition } from "../protocol/definition";
import { machineName } from "../protocol/machine-fields";
import type { MachineView } from "../reach/machine";

/** Reading a large host takes a second; a loaded one gets time. */
const TIMEOUT_MS = 120_000;

const inputs = z.strictObject({
  host: machineName
    .default("local")
    .describe(
      "Machine to read, by its name in the provider's `hosts`; `local` is the machine that the provider runs on",
    ),
});
const outputs = z.strictObject({
  topology: hostTopology,
  warnings: z.array(z.string()).describe("Facts that could not be read, and why"),
});

export const getHostTopology: FunctionDefinition<z.infer<typeof inputs>, z.infer<typeof outputs>> = {
  token: "gpudirect:index:getHostTopology",
  description:
    "Reads what a host is from its /sys and /proc, in one round trip: PCI tree, NUMA nodes, links, BARs, IOMMU groups, drivers.",
  inputs,
  outputs,
  async run(context, { host }) {
    const machine = context.machine(host);
    return machine.facts("topology", () => readTopology(machine, context.signal));
  },
};

async function readTopology({ reach }: MachineView, signal: AbortSignal): Promise<z.infer<typeof outputs>> {
  const task = "read the topology";
  const result = await reach.run(PROBE_SCRIPT, { signal, timeoutMs: TIMEOUT_MS, name: task });
  if (result.exitCode !== 0) {
    throw new Error(`${reach.machine}: ${task}: the script ended with ${result.exitCode}: ${result.stderr.trim()}`);
  }
  const { host, warnings } = readProbe(result.stdout.toString(), `${reach.machine}, read from /sys`);
  return { topology: host, warnings: [...warnings] };
}
