import type { BmcAccess } from "./access";
import { BmcRedfish, type SharedBmc } from "./bmc-redfish";
import { BmcClient } from "./client";
import { LIMITS, type Limits } from "./limits";
import type { Redfish } from "./redfish";
import { Registries } from "./registries";

/** The BMCs of one process: what is known of each, its session, and the registries that they share. */
export class Bmcs {
  private readonly registries = new Registries();
  /** By access. The keys hold secrets and stay in here. */
  private readonly shared = new Map<string, SharedBmc>();

  constructor(private readonly limits: Limits = LIMITS) {}

  /** The Redfish service of a machine's BMC. Those of one access share one session. Connects when first used. */
  redfish(machine: string, access: BmcAccess): Redfish {
    const { address, user, password, certificateSha256, caCertificates, verifyCertificate } = access;
    const trust = [certificateSha256, caCertificates, verifyCertificate];
    const key = JSON.stringify([new URL(address).origin, user, password, ...trust]);
    let shared = this.shared.get(key);
    if (!shared) {
      shared = {
        client: new BmcClient(access, this.limits),
        places: new Map(),
        registries: new Map(),
        users: new Set(),
      };
      this.shared.set(key, shared);
    }
    return new BmcRedfish(machine, access, shared, this.registries, this.limits);
  }
}
