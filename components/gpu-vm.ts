import * as pulumi from "@pulumi/pulumi";
import { unknown } from "@pulumi/pulumi/output";
import * as gpudirect from "../sdk/nodejs";
import { reachThroughDomain } from "./guest-reach";
import { type ChosenSoftware, chosenSoftware, type GuestSoftwareArgs } from "./guest-software";
import { refusal } from "./refusal";

type PlanArgs = Omit<gpudirect.PlanGuestOutputArgs, "topology" | "name">;
type DomainSettings = Pick<
  gpudirect.DomainArgs,
  | "host"
  | "connection"
  | "running"
  | "restart"
  | "maintenance"
  | "stopTimeoutSeconds"
  | "verifyGuest"
  | "verifyTimeoutSeconds"
>;

/** What a GPU guest is to be: which devices, how large, how to treat it while it runs, and what is set inside it. */
export interface GpuVmArgs extends PlanArgs, DomainSettings, GuestSoftwareArgs {
  /** Name of the domain; the resource's name when absent. */
  name?: pulumi.Input<string>;
  /**
   * What the host is: from a host file, or from getHostTopology. When absent, `host` is read live: it must be `local` or
   * in the provider's `hosts`, because a function knows nothing of `connection`.
   */
  topology?: pulumi.Input<gpudirect.types.input.HostTopologyArgs>;
  /** Changes the domain's arguments after the plan: the way to everything that has no argument here. */
  transform?: (domain: gpudirect.DomainArgs) => gpudirect.DomainArgs;
}

/**
 * A virtual machine whose PCI tree mirrors the host's: topology → plan → domain → guest tuning → NCCL runtime. The guest's
 * own tree is read through its agent after the start and compared with the plan; a difference fails the update and names
 * the device.
 */
export class GpuVm extends pulumi.ComponentResource {
  /** The libvirt domain. */
  readonly domain: gpudirect.Domain;
  /** The plan: the domain as a document, guest addresses, warnings, and what was not checked. */
  readonly plan: pulumi.Output<gpudirect.PlanGuestResult>;
  /** Guest address of each passed-through function, by host address. */
  readonly guestAddresses: pulumi.Output<Record<string, string>>;
  /** The guest's own PCI tree and NUMA nodes, as read inside it when last verified. */
  readonly guestTopology: pulumi.Output<gpudirect.types.output.HostTopology | undefined>;
  /** Settings of the guest's adapters, kernel and GPUs; undefined where they are left alone. */
  readonly tuning: gpudirect.GuestTuning | undefined;
  /** NCCL's topology file and environment in the guest; undefined where they are left alone. */
  readonly nccl: gpudirect.NcclRuntime | undefined;

  constructor(name: string, args: GpuVmArgs = {}, opts: pulumi.ComponentResourceOptions = {}) {
    super("gpudirect:index:GpuVm", name, {}, opts);
    const parent = { parent: this };
    const software = chosenSoftware(name, args);

    const topology = args.topology ?? readHost(args.host, parent);
    this.plan = planFor(args.name ?? name, topology, args, this);
    this.domain = createDomain(name, this.plan, args, parent);
    this.guestAddresses = this.domain.guestAddresses;
    this.guestTopology = this.domain.guestTopology;
    this.tuning = software.tuning && this.createTuning(name, software.tuning, args);
    this.nccl = software.nccl && this.createNccl(name, software.nccl, args);

    reportPlan(this.plan, this);
    this.registerOutputs({ guestAddresses: this.guestAddresses, guestTopology: this.guestTopology });
  }

  private createTuning(
    name: string,
    wanted: NonNullable<ChosenSoftware["tuning"]>,
    args: GpuVmArgs,
  ): gpudirect.GuestTuning {
    const planned: gpudirect.GuestTuningArgs = { nics: this.plan.apply(({ rails }) => rails), gpus: "all" };
    const reach = reachThroughDomain(name, args, this.domain);
    return new gpudirect.GuestTuning(`${name}-tuning`, { ...planned, ...wanted, ...reach }, this.inGuest(this.domain));
  }

  private createNccl(
    name: string,
    wanted: NonNullable<ChosenSoftware["nccl"]>,
    args: GpuVmArgs,
  ): gpudirect.NcclRuntime {
    const planned: gpudirect.NcclRuntimeArgs = {
      topology: this.plan.apply(({ ncclTopology }) => ncclTopology),
      rails: this.plan.apply(({ rails }) => rails),
    };
    const reach = reachThroughDomain(name, args, this.domain);
    const after = this.tuning ?? this.domain;
    return new gpudirect.NcclRuntime(`${name}-nccl`, { ...planned, ...wanted, ...reach }, this.inGuest(after));
  }

  /** What is in the guest goes with it: a delete of the domain neither asks the guest nor waits for it. */
  private inGuest(dependsOn: pulumi.Resource): pulumi.CustomResourceOptions {
    return { parent: this, dependsOn, deletedWith: this.domain };
  }
}

function readHost(
  host: GpuVmArgs["host"],
  opts: pulumi.InvokeOptions,
): pulumi.Output<gpudirect.types.input.HostTopologyArgs> {
  return gpudirect.getHostTopologyOutput({ host }, opts).topology;
}

function planFor(
  name: pulumi.Input<string>,
  topology: pulumi.Input<gpudirect.types.input.HostTopologyArgs>,
  args: GpuVmArgs,
  vm: GpuVm,
): pulumi.Output<gpudirect.PlanGuestResult> {
  const { host, connection, maintenance, running, restart, guest, tuning, nccl, ...others } = args;
  // Disks and interfaces are no part of the tree that is planned; of another provider, their ids are unknown at preview.
  const { stopTimeoutSeconds, verifyGuest, verifyTimeoutSeconds, transform, disks, interfaces, ...request } = others;
  return pulumi.output({ ...request, name, topology }).apply(async (known) => {
    try {
      const plan = await gpudirect.planGuest(known as gpudirect.PlanGuestArgs, { parent: vm });
      return isAnswer(plan) ? plan : (unknown as never);
    } catch (error) {
      throw refusal(error instanceof Error ? error.message : String(error));
    }
  });
}

/**
 * A provider whose configuration is not known yet answers functions with nothing at all in a preview (pulumi,
 * sdk/go/common/resource/plugin, provider.Invoke).
 */
const isAnswer = (plan: Partial<gpudirect.PlanGuestResult>): boolean => plan.domain !== undefined;

function createDomain(
  name: string,
  plan: pulumi.Output<gpudirect.PlanGuestResult>,
  args: GpuVmArgs,
  opts: pulumi.CustomResourceOptions,
): gpudirect.Domain {
  const planned = <K extends keyof gpudirect.types.output.DomainDocument>(field: K) =>
    plan.apply(({ domain }) => domain[field]) as pulumi.Output<gpudirect.types.output.DomainDocument[K]>;
  const rehearse = pulumi.output(args.rehearse ?? false);
  const domain: gpudirect.DomainArgs = {
    name: args.name ?? name,
    host: args.host,
    connection: args.connection,
    type: planned("type"),
    machine: planned("machine"),
    firmware: planned("firmware"),
    boot: planned("boot"),
    cpu: planned("cpu"),
    cells: planned("cells"),
    vcpuPins: planned("vcpuPins"),
    emulatorPin: planned("emulatorPin"),
    hugepageKiB: planned("hugepageKiB"),
    lockedMemory: planned("lockedMemory"),
    mmio64MiB: planned("mmio64MiB"),
    expanderBuses: planned("expanderBuses"),
    switches: planned("switches"),
    devices: planned("devices"),
    disks: args.disks,
    interfaces: args.interfaces,
    guestAgent: planned("guestAgent"),
    consoleLog: planned("consoleLog"),
    expectedDevices: plan.apply(({ expectedDevices }) => expectedDevices),
    notChecked: plan.apply(({ notChecked }) => notChecked),
    // Nothing of value runs in a rehearsal, so a change may restart it.
    restart: args.restart ?? rehearse.apply((rehearsed) => (rehearsed ? "graceful" : "defer")),
    verifyGuest: args.verifyGuest ?? args.guestAgent ?? true,
    running: args.running,
    maintenance: args.maintenance,
    stopTimeoutSeconds: args.stopTimeoutSeconds,
    verifyTimeoutSeconds: args.verifyTimeoutSeconds,
  };
  return new gpudirect.Domain(name, args.transform?.(domain) ?? domain, opts);
}

function reportPlan(plan: pulumi.Output<gpudirect.PlanGuestResult>, resource: pulumi.Resource): void {
  plan.apply(({ warnings, defaults, notChecked }) => {
    for (const warning of warnings) pulumi.log.warn(warning, resource);
    for (const line of defaults) pulumi.log.info(`default: ${line}`, resource);
    for (const line of notChecked) pulumi.log.info(`not checked: ${line}`, resource);
  });
}
