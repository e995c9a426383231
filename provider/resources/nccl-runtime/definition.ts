import { withNcclProfile } from "../../../core/nccl/environment";
import { checkRuntime } from "../../../core/nccl-runtime/check";
import { judgeRuntime } from "../../../core/nccl-runtime/judge";
import { resolveRuntime } from "../../../core/nccl-runtime/resolve";
import type { ResourceDefinition } from "../../protocol/definition";
import { unlessDeferred } from "../deferred";
import { applyNcclRuntime } from "./apply";
import { KEY, observeNcclRuntime } from "./observe";
import { type NcclRuntimeInputs, type NcclRuntimeOutputs, ncclRuntimeInputs, ncclRuntimeOutputs } from "./shapes";

/** All that is written. */
const DEFERRED = ["topology", "environment", "persistent"];

export const ncclRuntimeDefinition: ResourceDefinition<NcclRuntimeInputs, NcclRuntimeOutputs> = {
  token: "gpudirect:index:NcclRuntime",
  description:
    "What NCCL finds on a guest: the topology file, made again at each boot, variables of NCCL in /etc/nccl.conf, and others in /etc/environment. The list of RDMA devices is in rail order; interfaces and GPUs are those that the guest has. The topology file is held against the guest's real PCI addresses before anything is written. All is set in one step or not at all; all other lines of the files stay as they are. A delete puts back what was there before.",
  kind: "nccl",
  isGuest: true,
  inputs: ncclRuntimeInputs,
  outputs: ncclRuntimeOutputs,
  // The file at the old place gets back what it was before the one at the new place is made.
  replaceOn: ["topologyFile"],
  kept: ["profile", "rails", "visibleGpus", "socketInterface", "defer", "after"],
  settingMaps: ["environment"],
  key: () => KEY,

  imply: ({ profile, environment }) =>
    profile === undefined || environment === undefined ? {} : { environment: withNcclProfile(profile, environment) },
  checkNeeds: [],
  check: (inputs: Partial<NcclRuntimeInputs>) => checkRuntime(inputs),

  observe: observeNcclRuntime,
  resolve: resolveRuntime,
  judge: (observed, wanted) => unlessDeferred(wanted, DEFERRED, () => judgeRuntime(observed, wanted)),
  apply: applyNcclRuntime,

  previewNeeds: [],
  preview(_target, observed) {
    if (observed?.functions === undefined) return {};
    const { rdmaDevices, gpuAddresses, functions, networkInterfaces, defaultRoute, init } = observed;
    const { topologyDaemon, overriding } = observed;
    const facts = { rdmaDevices, gpuAddresses, functions, networkInterfaces, init, topologyDaemon, overriding };
    return { ...facts, ...(defaultRoute === undefined ? {} : { defaultRoute }) };
  },

  // There is always a runtime, be it an empty one: what was there before is put back by apply.
  async destroy() {},
};
