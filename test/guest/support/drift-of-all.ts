import assert from "node:assert/strict";
import { plannedChanges } from "../../lab/support/lab-stack";
import { DATA } from "./interfaces";
import { sysctlValues } from "./live-values";
import { driftPath, NIC_DRIFT } from "./nic-drift";
import { OTHER_SYSCTLS } from "./seed-values";
import type { TunedGuest } from "./tuned-guest";
import { TUNING } from "./tuning-stack";

/** A file of persistent settings, whoever owns the network. */
const SETTINGS_FILE = "/etc/sysctl.d/99-zz-gpudirect.conf";

/** Everything that tuning sets is changed by hand at once: a preview has to name each, one update to mend all. */
export function driftOfAll({ guest, stack, assertTuned }: TunedGuest): void {
  it("drift of each setting shows by its own path, and one update mends all", async () => {
    const nics = DATA.flatMap((nic) => Object.entries(NIC_DRIFT).map(([setting, drift]) => ({ nic, setting, drift })));
    const sysctls = Object.entries(OTHER_SYSCTLS).map(([name, value]) => `sysctl -q -w ${name}='${value}'`);
    await guest().run(["set -e", ...nics.map(({ nic, drift }) => drift(nic)), ...sysctls].join("\n"));
    await guest().run(`rm ${SETTINGS_FILE}`);
    assert.deepEqual(await sysctlValues(guest(), Object.keys(OTHER_SYSCTLS)), OTHER_SYSCTLS);
    const paths = [
      ...nics.map(({ nic, setting }) => driftPath(nic, setting)),
      ...Object.keys(OTHER_SYSCTLS).map((name) => `update sysctls["${name}"]`),
      "update persistent",
    ];
    assert.deepEqual((await plannedChanges(stack()))[TUNING], paths.sort());
    await stack().mustUp();
    await assertTuned();
    await guest().run(`test -f ${SETTINGS_FILE}`);
  });
}
