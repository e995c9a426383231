import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseHostFile } from "../../core/topology/host-file";
import type { HostTopology } from "../../core/topology/model";
import { compareTrees } from "./compare";
import { sabotagePath } from "./sabotage/shim";
import { DemoStack } from "./stack";

const root = join(__dirname, "..", "..");
const print = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const options = { sabotage: { type: "boolean", default: false }, keep: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ options });
  const stack = new DemoStack(root, values.sabotage ? sabotagePath(root) : undefined);
  await stack.init({
    kernel: process.env.GPUDIRECT_GUEST_KERNEL ?? "",
    initrd: process.env.GPUDIRECT_GUEST_INITRD ?? "",
  });
  // Pulumi gets Ctrl-C too and ends in order; it is waited for, so that its lock is gone when this process is.
  let stopped = false;
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      stopped = true;
    });
  }
  if (values.sabotage) print("\nsabotage: when the domain starts, virsh first moves one device elsewhere\n");
  const ok = (await stack.up()) && (await show(stack));
  if (stopped) {
    print("\nstopped; run it again to go on from here");
    return 130;
  }
  if (!values.keep) await stack.destroy();
  print(ok ? "\nguest equals plan" : "\nthe guest is not as planned");
  return ok ? 0 : 1;
}

async function show(stack: DemoStack): Promise<boolean> {
  const { guestTopology, guestAddresses, leftOut } = await stack.outputs<{
    guestTopology: HostTopology;
    guestAddresses: Record<string, string>;
    leftOut: string[];
  }>();
  const host = parseHostFile(readFileSync(join(root, "examples", "h100-rehearsal", "h100.host.json"), "utf8"));
  const { lines, differences } = compareTrees(host, guestTopology, guestAddresses);
  for (const line of ["", ...lines, "", "left out of the rehearsal:", ...leftOut.map((what) => `- ${what}`), ""])
    print(line);
  for (const difference of differences) print(difference);
  return differences.length === 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
