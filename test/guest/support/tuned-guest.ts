import assert from "node:assert/strict";
import type { Stack } from "../../engine/support/stack";
import { eventually } from "../../support/eventually";
import { DebianGuest } from "./debian-guest";
import { type NicValues, nicValues, sysctlValues } from "./live-values";
import { networkIdentity } from "./network-identity";
import { CONFIGURE_ANEW } from "./owner-actions";
import type { NetworkOwner } from "./owners";
import { SEED_NICS, SEED_SYSCTLS } from "./seed-values";
import { systemSnapshot } from "./system-snapshot";
import { guestStack, TUNING, tuningOf } from "./tuning-stack";

/** Owners whose guest is tuned by its agent; the others are by SSH. */
const BY_AGENT: readonly NetworkOwner[] = ["NetworkManager"];
/** Owners whose guest is rebooted once more, after all was given back. */
const REBOOTED_AT_END: readonly NetworkOwner[] = ["netplan"];

/** What the management NIC has, whatever happens to the others. */
const managementOf = (values: Record<string, NicValues>): NicValues | undefined => values.enp1s0;

/** A guest that is tuned as the seed asks for, for tests that leave it so. */
export interface TunedGuest {
  readonly guest: () => DebianGuest;
  readonly stack: () => Stack;
  /** Says the program: a GuestTuning of the data NICs with further arguments, by default none. */
  readonly program: (args?: object) => void;
  readonly assertTuned: () => Promise<void>;
}

/**
 * What tuning is to a guest whose network belongs to `owner`, over a reboot and back, and `more` before the reboot. The tests
 * go on from each other.
 */
export function tuningOfGuest(owner: NetworkOwner, more?: (tuned: TunedGuest) => void): void {
  const isByAgent = BY_AGENT.includes(owner);

  describe(`GuestTuning by ${isByAgent ? "the agent" : "SSH"} of a guest whose network belongs to ${owner}`, () => {
    let guest: DebianGuest;
    let stack: Stack;
    let untuned: string[];
    let identity: object;
    let management: NicValues | undefined;

    before(async () => {
      guest = await DebianGuest.start({ owner, name: "tuning" });
      stack = await guestStack(guest);
      untuned = await systemSnapshot(guest);
      identity = await networkIdentity(guest);
      management = managementOf(await nicValues(guest));
      program();
    });

    after(async () => {
      await stack?.discard();
      guest?.stop();
    });

    function program(args: object = {}): void {
      stack.resources({ [TUNING]: tuningOf(isByAgent ? guest.byAgent : guest.bySsh, args) });
    }

    async function assertTuned(): Promise<void> {
      const values = await nicValues(guest);
      assert.deepEqual(values, { enp1s0: management, ...SEED_NICS });
      assert.deepEqual(await sysctlValues(guest, Object.keys(SEED_SYSCTLS)), SEED_SYSCTLS);
    }

    it("a preview writes nothing", async () => {
      assert.ok((await stack.steps()).some(({ op, urn }) => op === "create" && urn.endsWith(`::${TUNING}`)));
      assert.deepEqual(await systemSnapshot(guest), untuned);
    });

    it("an update sets what the seed asks for, and leaves names, addresses, routes and leases", async () => {
      await stack.mustUp();
      await assertTuned();
      assert.deepEqual(await networkIdentity(guest), identity);
    });

    it(`its MTU outlasts that ${owner} configures the interface anew, and nothing is left to change`, async () => {
      for (const [index, nic] of guest.data.entries()) await guest.run(CONFIGURE_ANEW[owner](nic, index));
      const isTuned = async () =>
        Object.entries(await nicValues(guest)).every(([name, { mtu }]) => mtu === (SEED_NICS[name]?.mtu ?? mtu));
      await eventually("MTU 9000 on all data NICs", isTuned, 60_000);
      assert.deepEqual(await networkIdentity(guest), identity);
      await stack.mustBeSettled();
    });

    more?.({ guest: () => guest, stack: () => stack, program, assertTuned });

    it("a reboot changes nothing: no value, no name, no address, no route", async () => {
      await guest.reboot();
      await assertTuned();
      assert.deepEqual(await networkIdentity(guest), identity);
      await stack.mustBeSettled();
    });

    it("a destroy gives every value back, and leaves no file", async () => {
      assert.equal((await stack.destroy()).code, 0, stack.said);
      assert.deepEqual(await systemSnapshot(guest), untuned);
      assert.deepEqual(await networkIdentity(guest), identity);
    });

    if (REBOOTED_AT_END.includes(owner)) {
      it("and nothing of it returns at the next boot", async () => {
        await guest.reboot();
        assert.deepEqual(await systemSnapshot(guest), untuned);
      });
    }
  });
}
