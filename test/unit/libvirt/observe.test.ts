import assert from "node:assert/strict";
import { renderDomain } from "../../../core/domain/domain-xml";
import { domainDefinition } from "../../../provider/resources/domain/definition";
import { observedDomain, ownerIn } from "../../../provider/resources/domain/observe";
import type { DomainOutputs } from "../../../provider/resources/domain/shapes";
import { sample } from "../domain/samples";

const OWNER = { stack: "shop/prod", urn: "urn:pulumi:prod::shop::gpudirect:index:Domain::vm", claim: "c1" };
const owned = renderDomain(sample(), { metadata: { owner: OWNER, maintenance: "shutdown" } });
const observe = (xml: string) => observedDomain({ xml, state: "shut off" }) as DomainOutputs;

describe("what is observed of a domain", () => {
  it("is its owner, as it was written", () => {
    const domain = observe(owned);
    assert.deepEqual(ownerIn(domain), OWNER);
    assert.deepEqual([domain.owner, domain.maintenance], ["shop/prod", "shutdown"]);
  });

  it("is nobody's, and refuses maintenance, where it has no metadata of ours", () => {
    const domain = observe(renderDomain(sample()));
    assert.equal(ownerIn(domain), undefined);
    assert.deepEqual([domain.owner, domain.maintenance, domain.pendingRestart], [undefined, "refuse", []]);
    assert.ok(!("startId" in domain));
  });

  it("names its start while it runs, and what waits for the next one", () => {
    const live = { xml: owned.replace("<domain ", `<domain id="7" `), bootId: "b" };
    const domain = observedDomain({ xml: renderDomain(sample({ lockedMemory: false })), state: "running", live });
    assert.deepEqual([domain.running, domain.startId, domain.pendingRestart], [true, "b/7", ["lockedMemory"]]);
    const ended = observedDomain({ xml: owned, state: "running", live: { ...live, xml: owned } });
    assert.ok(!("startId" in ended));
  });

  it("tells a preview what an update leaves as it is", () => {
    const observed = { ...observe(owned), uuid: "u", machineType: "pc-q35-7.2", startId: "b/7" };
    const preview = (restart: "defer" | "graceful", running = true) =>
      domainDefinition.preview?.({ ...observed, running, restart, uuid: undefined }, observed) ?? {};
    assert.deepEqual([preview("defer").uuid, preview("defer").startId], ["u", "b/7"]);
    for (const told of [preview("graceful"), preview("defer", false)]) assert.ok(!("startId" in told));
  });
});
