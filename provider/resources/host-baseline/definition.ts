import { otherMachine } from "../../../core/baseline/identity-problem";
import { formatBaseline } from "../../../core/baseline/read-baseline";
import type { Judgement, ResourceContext, ResourceDefinition } from "../../protocol/definition";
import { removeFile, writeFile } from "../../reach/files";
import { lookAtHost } from "./observe";
import { waitingForBoot } from "./pending";
import { type HostBaselineInputs, type HostBaselineOutputs, hostBaselineInputs, hostBaselineOutputs } from "./shapes";

/** The only one of its kind on a machine. */
const KEY = "host";

export const hostBaselineDefinition: ResourceDefinition<HostBaselineInputs, HostBaselineOutputs> = {
  token: "gpudirect:index:HostBaseline",
  description:
    "A host as it was before anything was tuned: identity, facts and boot entry, written down on the host. Created before the host's layers and deleted after them: let them depend on it. Its delete lists what the layers have put back and still waits for a boot.",
  kind: "baseline",
  inputs: hostBaselineInputs,
  outputs: hostBaselineOutputs,
  kept: ["bootOnDestroy", "systemUuid"],
  key: () => KEY,
  judge: judgeIdentity,

  async observe(context) {
    const { recorded, now, bootId } = await lookAtHost(context);
    return recorded && ({ recorded, ...now, bootId } as HostBaselineOutputs);
  },

  async apply(context, { systemUuid }, observed) {
    if (observed) return;
    const { now, path } = await lookAtHost(context);
    const other = systemUuid && otherMachine({ systemUuid: systemUuid.toLowerCase() }, now.identity);
    if (other) throw new Error(otherAnswers(context, other));
    const file = { path, content: formatBaseline(now), mode: 0o600, parents: true };
    await writeFile(context.machine.reach, file, during(context, "write down what the host is"));
  },

  async destroy(context) {
    const { path } = await lookAtHost(context);
    for (const waiting of await waitingForBoot(context)) context.warn(`still waits for a boot: ${waiting}`);
    await removeFile(context.machine.reach, path, during(context, "remove what was written down of the host"));
  },
};

function judgeIdentity({ identity, recorded }: HostBaselineOutputs, { systemUuid }: HostBaselineInputs): Judgement {
  const other =
    typeof systemUuid === "string" ? otherMachine({ systemUuid: systemUuid.toLowerCase() }, identity) : undefined;
  const moved = otherMachine(recorded.identity, identity);
  return {
    refusals: other
      ? [
          {
            path: "systemUuid",
            message: `Another machine answers: ${other}; correct the host's address, or systemUuid.`,
          },
        ]
      : [],
    warnings: moved ? [`the host is another machine than the one that its baseline was written down on: ${moved}`] : [],
  };
}

const otherAnswers = ({ machine }: ResourceContext, other: string): string =>
  `systemUuid: another machine answers as ${machine.name}: ${other}; correct the host's address, or systemUuid`;

const during = ({ signal }: ResourceContext, name: string) => ({ signal, name });
