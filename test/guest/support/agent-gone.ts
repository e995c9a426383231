import assert from "node:assert/strict";
import { holdRings, letGo, untilHeld } from "./held-program";
import { systemSnapshot } from "./system-snapshot";
import type { TunedGuest } from "./tuned-guest";
import { argumentsOf, OTHER_WAY } from "./tuning-ways";

/** The agent that a guest is tuned by is killed in mid-change, and the change then fails. */
export function agentGoneInMidChange({ guest, stack, program }: TunedGuest): void {
  it("undoes all where the agent is killed in mid-change", async () => {
    const tuned = await systemSnapshot(guest());
    await holdRings(guest());
    program(argumentsOf(OTHER_WAY));
    const update = stack().start("up", "--yes", "--skip-preview");
    await untilHeld(guest(), update);
    await guest().run("systemctl kill --kill-whom=main --signal=KILL qemu-guest-agent");
    const { code, text } = await update.ended;
    assert.notEqual(code, 0, text);
    assert.match(text, new RegExp(`${guest().byAgent}: .*agent`));
    await letGo(guest(), "fail");
    assert.deepEqual(await systemSnapshot(guest()), tuned);
    await guest().run("systemctl reset-failed qemu-guest-agent; systemctl start qemu-guest-agent");
    program();
    await stack().mustUp();
    assert.deepEqual(await systemSnapshot(guest()), tuned);
  });
}
