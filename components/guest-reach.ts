import * as pulumi from "@pulumi/pulumi";
import type * as gpudirect from "../sdk/nodejs";
import { refusal } from "./refusal";

/** How a guest is reached, and what it is called as a machine. */
export interface GuestReachArgs {
  /**
   * Name of the guest as a machine, the first part of ids in it; the domain's name when absent. It is no name of the
   * provider's `hosts`, but follows the same rules.
   */
  name?: pulumi.Input<string>;
  /** How commands get into the guest; by the QEMU guest agent, through the host, when absent. */
  connection?: pulumi.Input<gpudirect.types.input.ConnectionArgs>;
}

/** Inputs that every resource in the guest has. */
export interface GuestReach {
  readonly host: pulumi.Input<string>;
  readonly connection: pulumi.Input<gpudirect.types.input.ConnectionArgs>;
  readonly defer: pulumi.Input<boolean>;
  readonly after: pulumi.Input<string | undefined>;
}

/**
 * The guest by way of its domain. Until the domain has been started, how it is reached is not known: a preview then
 * does not look for a guest that is not there yet.
 */
export function reachThroughDomain(
  vm: string,
  { host, guest }: { host?: pulumi.Input<string | undefined>; guest?: GuestReachArgs },
  domain: gpudirect.Domain,
): GuestReach {
  const agent = pulumi
    .all([domain.name, host])
    .apply(([name, on]) => ({ guestAgent: { host: on ?? LOCAL, domain: name } }));
  return {
    host: guest?.name ?? domain.name.apply((name) => asMachine(vm, name)),
    connection: pulumi.all([guest?.connection ?? agent, domain.startId]).apply(([connection]) => connection),
    // Until its next start the guest has the devices of before, and the plan is of other ones.
    defer: domain.pendingRestart.apply((paths) => paths.some((path) => DEVICES.test(path))),
    after: domain.startId,
  };
}

/** Fields of a domain that decide which PCI functions its guest has, and where. */
const DEVICES = /^(machine|cells|expanderBuses|switches|devices)\b/;

/** The machine that the provider runs on. */
const LOCAL = "local";
/** As the provider takes names of machines. */
const MACHINE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$/;

function asMachine(vm: string, domain: string): string {
  if (MACHINE_NAME.test(domain) && domain !== LOCAL) return domain;
  throw refusal(
    `${vm}: guest.name: the domain's name ${JSON.stringify(domain)} is none that a machine can have; give guest.name, 1 to 63 letters, digits, ".", "_" or "-" and not "${LOCAL}".`,
  );
}
