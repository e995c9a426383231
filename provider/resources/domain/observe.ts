import { decide } from "../../../core/diff/field-diff";
import type { PlainObject } from "../../../core/diff/plain";
import { guestAddresses } from "../../../core/domain/bus-numbers";
import { readDefinition } from "../../../core/domain/domain-xml";
import { inOwnWords } from "../../../core/domain/references";
import { startIdOf } from "../../../core/domain/start-id";
import type { Owner } from "../../../core/ownership/owner";
import type { DomainOnHost, LiveDomain } from "../../libvirt/read";
import type { DomainInputs, DomainOutputs } from "./shapes";

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

/** `said` are the inputs and outputs that are known: what they name by id is named so here too. */
export function observedDomain(
  domain: DomainOnHost,
  said: readonly (Partial<DomainInputs> | undefined)[] = [],
): ObservedDomain {
  const { document, identity } = readDefinition(domain.xml);
  const { owner, maintenance = "refuse" } = identity.metadata ?? {};
  return {
    ...inOwnWords(document, said, domain.references ?? new Map()),
    uuid: document.uuid ?? "",
    machineType: identity.machineType ?? "",
    running: domain.state !== "shut off",
    state: domain.state,
    maintenance,
    ...(owner && { owner: owner.stack, ownerUrn: owner.urn, ownerClaim: owner.claim }),
    pendingRestart: [],
    ...(domain.live && observedRun(domain.live, document)),
    guestAddresses: guestAddresses(document),
  };
}

/** Who a domain belongs to, by its outputs. */
export function ownerIn({ owner, ownerUrn, ownerClaim }: DomainOutputs): Owner | undefined {
  if (owner === undefined || ownerUrn === undefined || ownerClaim === undefined) return undefined;
  return { stack: owner, urn: ownerUrn, claim: ownerClaim };
}

function observedRun(
  { xml, bootId, processStat }: LiveDomain,
  defined: PlainObject,
): Pick<ObservedDomain, "pendingRestart" | "startId"> {
  const { document, identity } = readDefinition(xml);
  // A domain that has ended since its state was asked for has no number any more.
  const { runningId } = identity;
  return {
    ...(runningId === undefined ? {} : { startId: startIdOf({ bootId, domainId: runningId, processStat }) }),
    pendingRestart: differences(document, defined),
  };
}

/** Paths at which two documents differ, an entry that only one has included. */
function differences(live: PlainObject, defined: PlainObject): string[] {
  const shape = { kind: "object", type: "object", secret: false, fields: () => new Map() } as const;
  return decide({ observed: live, wanted: defined, previous: live, shape }).map(({ path }) => path);
}
