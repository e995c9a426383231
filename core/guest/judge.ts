import { isPlainObject } from "../diff/plain";
import { joinPath, type Problem } from "../problems";
import { gpuRefusals, gpuWarnings } from "./judge-gpus";
import { nicRefusals } from "./judge-nics";
import { nicWarnings } from "./nic-warnings";
import { isProfileSysctl, PROFILE_SYSCTLS } from "./profile";
import { problemsBesideGpus } from "./report";
import { entriesOf } from "./selection";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

export interface TuningJudgement {
  readonly refusals: Problem[];
  readonly warnings: string[];
}

/** Holds what is wanted, resolved or not, against the system. What is unknown is not judged. */
export function judgeTuning(observed: ObservedTuning, wanted: TuningInputs): TuningJudgement {
  return {
    refusals: [
      ...nicRefusals(observed, wanted),
      ...sysctlRefusals(observed, wanted),
      ...gpuRefusals(observed, wanted),
      ...persistenceRefusals(observed, wanted),
    ],
    warnings: [
      ...nicWarnings(observed, wanted),
      ...sysctlWarnings(observed, wanted),
      ...(asksForGpus(wanted) ? gpuWarnings(observed, wanted) : []),
      ...(asksForGpus(wanted) ? observed.report.problems : problemsBesideGpus(observed.report)).map(
        (problem) => `GPUDirect RDMA: ${problem}`,
      ),
    ],
  };
}

/** A system without GPUs of its own, such as a host that gives them to guests, is not told how to use some. */
const asksForGpus = ({ gpus, gpuClocks }: TuningInputs): boolean =>
  gpus !== "none" || !isPlainObject(gpuClocks) || Object.keys(gpuClocks).length > 0;

function sysctlRefusals({ missingSysctls }: ObservedTuning, { profile, sysctls }: TuningInputs): Problem[] {
  return entriesOf(sysctls).flatMap(([name, value]) =>
    missingSysctls.includes(name) && !isProfileSysctl(profile, name, value)
      ? [
          {
            path: joinPath("sysctls", name),
            message:
              "this kernel has no such parameter; see its name in /proc/sys, load the module that brings it, or leave it out",
          },
        ]
      : [],
  );
}

function sysctlWarnings({ missingSysctls }: ObservedTuning, { profile }: TuningInputs): string[] {
  const lacking = profile === "gpudirect" ? missingSysctls.filter((name) => Object.hasOwn(PROFILE_SYSCTLS, name)) : [];
  return lacking.length === 0
    ? []
    : [`this kernel lacks parameters of the profile, left out are ${lacking.join(", ")}`];
}

function persistenceRefusals({ init }: ObservedTuning, { persistent }: TuningInputs): Problem[] {
  const message =
    "settings are made again at each boot by a unit of systemd, and process 1 of this system is another program; set persistent to false, and update after each boot";
  return persistent === true && init !== "systemd" ? [{ path: "persistent", message }] : [];
}
