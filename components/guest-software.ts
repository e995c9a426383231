import type * as pulumi from "@pulumi/pulumi";
import type * as gpudirect from "../sdk/nodejs";
import type { GuestReachArgs } from "./guest-reach";
import { refusal } from "./refusal";

type InGuest = "host" | "connection" | "defer" | "after";

/** What is set inside the guest, and how it is reached for that. */
export interface GuestSoftwareArgs {
  /** How the guest is reached; by the guest agent through the host when absent. */
  guest?: GuestReachArgs;
  /**
   * Settings of the guest's adapters, kernel and GPUs (GuestTuning); `false` leaves them alone. When absent, they are made
   * with their defaults where the guest can be reached and the VM is no rehearsal.
   */
  tuning?: Omit<gpudirect.GuestTuningArgs, InGuest> | false;
  /**
   * NCCL's topology file and environment in the guest (NcclRuntime); `false` leaves them alone. When absent, they are made
   * with their defaults where the guest can be reached and the VM is no rehearsal. In a rehearsal, `{}` makes them until
   * the guest's next boot, without the RDMA devices, which no stand-in has.
   */
  nccl?: Omit<gpudirect.NcclRuntimeArgs, InGuest> | false;
}

/** Those arguments that decide whether there is a guest to reach. Only plain values count: resources do not come and go by outputs. */
interface Circumstances {
  readonly guestAgent?: pulumi.Input<boolean | undefined> | undefined;
  readonly running?: pulumi.Input<boolean | undefined> | undefined;
  readonly rehearse?: pulumi.Input<boolean | undefined> | undefined;
  readonly connection?: unknown;
}

export interface ChosenSoftware {
  readonly tuning: Exclude<GuestSoftwareArgs["tuning"], false>;
  readonly nccl: Exclude<GuestSoftwareArgs["nccl"], false>;
}

/**
 * The guest of a rehearsal is a kernel with an initial RAM disk of busybox: no systemd, no ethtool, no RDMA device, and
 * nothing that outlives a boot. So nothing is made there that was not asked for, and what was asked for fits it.
 */
const IN_REHEARSAL = { tuning: { persistent: false }, nccl: { persistent: false, rails: [] } };

/** What is made inside the guest. @throws RunError where something is asked for in a guest that cannot be reached */
export function chosenSoftware(vm: string, args: GuestSoftwareArgs & Circumstances): ChosenSoftware {
  // A guest that is not to run has nothing to set; its settings come with its next start.
  if (args.running === false) return { tuning: undefined, nccl: undefined };
  const obstacle = args.guest?.connection === undefined ? obstacleToAgent(args) : undefined;
  const asked = (["tuning", "nccl"] as const).filter((one) => args[one] !== undefined && args[one] !== false);
  if (obstacle !== undefined && asked.length > 0) {
    throw refusal(asked.map((one) => `${vm}: ${one}: ${obstacle}; or leave ${one} out.`).join("\n"));
  }
  const rehearsed = args.rehearse === true;
  const chosen = <K extends keyof ChosenSoftware>(one: K): ChosenSoftware[K] => {
    const wanted = args[one] ?? (rehearsed ? false : {});
    if (obstacle !== undefined || wanted === false) return undefined;
    return definedOf(rehearsed ? { ...IN_REHEARSAL[one], ...definedOf(wanted) } : wanted);
  };
  return { tuning: chosen("tuning"), nccl: chosen("nccl") };
}

/** Without fields that are undefined: those are not said, and leave the plan's. */
const definedOf = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;

/** Why the guest agent is no way into the guest, and what to do; undefined where it is one. */
function obstacleToAgent({ guestAgent, connection }: Circumstances): string | undefined {
  if (guestAgent === false) {
    return "the guest cannot be reached without its agent; leave guestAgent out, or say in guest.connection how it is reached by ssh";
  }
  if (connection !== undefined) {
    return "the guest agent is reached through a host of the provider's `hosts`, but this host is given by `connection`; put it into `hosts` and name it as host, or say in guest.connection how the guest is reached by ssh";
  }
  return undefined;
}
