import { decide } from "../../../core/diff/field-diff";
import type { PlainObject } from "../../../core/diff/plain";
import { guestAddresses } from "../../../core/domain/bus-numbers";
import { readDefinition, readDomain } from "../../../core/domain/domain-xml";
import type { DomainOnHost } from "../../libvirt/virsh";
import type { DomainOutputs } from "./shapes";

/** What libvirt holds of a domain, as the resource's outputs. Fields that say how to work are not among them. */
export type ObservedDomain = Omit<DomainOutputs, Kept>;
export const KEPT = [
  "restart",
  "stopTimeoutSeconds",
  "verifyGuest",
  "verifyTimeoutSeconds",
  "expectedDevices",
  "notChecked",
  "guestTopology",
] as const;
type Kept = (typeof KEPT)[number];

export function observedDomain(domain: DomainOnHost): ObservedDomain {
  const { document, identity } = readDefinition(domain.xml);
  const { owner, machineType } = identity;
  return {
    ...document,
    host: "local",
    uuid: document.uuid ?? "",
    machineType: machineType ?? "",
    running: domain.state !== "shut off",
    state: domain.state,
    ...(owner === undefined ? {} : { owner }),
    pendingRestart: domain.liveXml === undefined ? [] : differences(readDomain(domain.liveXml), document),
    guestAddresses: guestAddresses(document),
  };
}

/** Paths at which two documents differ, an entry that only one has included. */
function differences(live: PlainObject, defined: PlainObject): string[] {
  const shape = { kind: "object", type: "object", secret: false, fields: () => new Map() } as const;
  return decide({ observed: live, wanted: defined, previous: live, shape }).map(({ path }) => path);
}
