import { isStaleAtBoot } from "../../../core/guest/at-boot";
import { checkTuning } from "../../../core/guest/check";
import { judgeTuning } from "../../../core/guest/judge";
import { withProfile } from "../../../core/guest/profile";
import { resolveSettings } from "../../../core/guest/resolve";
import { keptForRoute } from "../../../core/guest/route-carrier";
import type { ResourceDefinition } from "../../protocol/definition";
import { unlessDeferred } from "../deferred";
import { applyGuestTuning } from "./apply";
import { KEY, observeGuestTuning } from "./observe";
import { type GuestTuningInputs, type GuestTuningOutputs, guestTuningInputs, guestTuningOutputs } from "./shapes";

/** All that is written. */
const DEFERRED = ["interfaces", "sysctls", "gpuClocks", "persistent", "atBoot"];

export const guestTuningDefinition: ResourceDefinition<GuestTuningInputs, GuestTuningOutputs> = {
  token: "gpudirect:index:GuestTuning",
  description:
    "Settings of a system that GPUDirect RDMA wants: its network adapters and their interfaces, kernel parameters of ARP, TCP and sockets, NVIDIA GPUs. For a guest, or for a host whose own system is to be tuned. They are made at once, all or none, and again at each boot; names, addresses and routes of interfaces stay. What the system lacks for GPUDirect RDMA besides is in report. A delete puts back the values that were there before.",
  kind: "guest-tuning",
  isGuest: true,
  inputs: guestTuningInputs,
  outputs: guestTuningOutputs,
  kept: ["profile", "nics", "nicSettings", "gpus", "gpuSettings", "gpuDirect", "defer", "after"],
  settingMaps: ["interfaces", "sysctls", "gpuClocks"],
  key: () => KEY,

  imply: withProfile,
  checkNeeds: [],
  check: checkTuning,
  observe: observeGuestTuning,
  resolve: resolveSettings,
  judge: (observed, wanted) =>
    unlessDeferred(wanted, DEFERRED, () => {
      const { refusals, warnings } = judgeTuning(observed, wanted);
      const kept = keptForRoute(observed, wanted);
      return { refusals, warnings: [...warnings, ...kept.warnings], beyond: kept.beyond };
    }),
  // What holds now, by somebody else's hand, is to hold after a boot too.
  pending: (observed, wanted) => (isStaleAtBoot(observed, wanted) ? ["atBoot"] : []),
  apply: applyGuestTuning,

  async verify(_context, { report }, { gpuDirect, defer }) {
    return { outputs: {}, problems: gpuDirect === "require" && !defer ? report.problems : [] };
  },

  previewNeeds: [],
  preview(_target, observed) {
    if (observed === undefined) return {};
    const { adapters, gpuAddresses, missingPrograms, init, report } = observed;
    return { adapters, gpuAddresses, missingPrograms, init, report };
  },

  leaves: ({ persistent, damaged, atBoot }) => persistent || damaged.length > 0 || Object.keys(atBoot).length > 0,
  // A setting that was not there before cannot be: a system has a value of each, and files go with `persistent`.
  async destroy() {},
};
