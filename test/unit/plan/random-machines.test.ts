import assert from "node:assert/strict";
import fc from "fast-check";
import { checkDocument } from "../../../core/domain/check-document";
import { readDomain, renderDomain } from "../../../core/domain/domain-xml";
import type { GuestPlan } from "../../../core/plan/plan-guest";
import { Refusal } from "../../../core/problems";
import { checkGuest } from "../../support/guest-checker";
import { hostPathClassOf } from "../../support/host-path-class";
import { coverageOf } from "../../support/random-machine";
import { planned } from "./planning";
import { type Case, randomCase } from "./random-request";

const RUNS = 450;
const LEAST = 100;
/** A failing run is repeated with FC_SEED=<the printed seed>. */
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);

/** The plan of a case, or undefined where the machine cannot have one: its devices need more than 256 buses. */
function planOf({ host, request }: Case): GuestPlan | undefined {
  try {
    return planned(host, request);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const { message } of error.problems) assert.match(message, /PCI buses|room for 23|has 32 slots/);
    return undefined;
  }
}

describe(`guests of random machines (${RUNS} of seed ${seed})`, function () {
  this.timeout(120_000);
  const holds = (what: string, property: (one: Case, plan: GuestPlan) => void) =>
    it(what, () => {
      fc.assert(
        fc.property(randomCase(), (one) => {
          const plan = planOf(one);
          if (plan) property(one, plan);
        }),
        { numRuns: RUNS, seed },
      );
    });

  it("are of all kinds, and nearly all have a plan", () => {
    const counts = { planned: 0, nestedSwitches: 0, foreignDomain: 0, nodeWithoutMemory: 0, subset: 0, sixteenGpus: 0 };
    const count = (one: Case) => {
      const facts = { ...coverageOf(one.host), subset: one.subset, planned: planOf(one) !== undefined };
      for (const key of Object.keys(counts) as (keyof typeof counts)[]) if (facts.planned && facts[key]) counts[key]++;
    };
    fc.assert(fc.property(randomCase(), count), { numRuns: RUNS, seed });
    for (const [key, found] of Object.entries(counts)) assert.ok(found >= LEAST, `only ${found} with ${key}`);
    assert.ok(counts.planned >= 0.97 * RUNS, `only ${counts.planned} of ${RUNS} are planned`);
  });

  holds("boot: bus ranges apart, addresses and chassis unique, addresses as planned", ({ request }, plan) => {
    const guest = checkGuest(renderDomain(plan.domain));
    assert.deepEqual(guest.problems, []);
    assert.deepEqual(Object.fromEntries(guest.devices), plan.guestAddresses);
    const named = [request.gpus, request.nics, request.devices].flatMap((list) => (Array.isArray(list) ? list : []));
    assert.deepEqual(
      named.filter((address) => !guest.devices.has(address)),
      [],
    );
  });

  holds("have the host's path class for each pair of devices", ({ host }, plan) => {
    const [guest, hostClass] = [checkGuest(renderDomain(plan.domain)), hostPathClassOf(host)];
    const devices = [...guest.devices.keys()];
    for (const a of devices)
      for (const b of devices) assert.equal(guest.pathClass(a, b), hostClass(a, b), `${a} to ${b}`);
  });

  holds("are the same bytes for the same input", ({ host, request }, plan) => {
    const again = planned(JSON.parse(JSON.stringify(host)), JSON.parse(JSON.stringify(request)));
    assert.equal(JSON.stringify(again), JSON.stringify(plan));
    assert.equal(renderDomain(again.domain), renderDomain(plan.domain));
  });

  holds("are read back from their XML as they were planned, and pass the check", (_, plan) => {
    assert.deepEqual(readDomain(renderDomain(plan.domain)), plan.domain);
    assert.deepEqual(checkDocument(plan.domain), []);
  });
});
