import assert from "node:assert/strict";
import { FLAVOUR_NAMES } from "../../../../lab/bmc/flavours";
import { virtualizationOf } from "../bmc/support/bench";
import { endLabs, patient, startLab } from "./support/lab-redfish";

describe("Redfish client, at each vendor's BMC", () => {
  afterEach(endLabs);
  for (const flavour of FLAVOUR_NAMES) {
    it(`reads and writes BIOS settings of ${flavour}`, async () => {
      const lab = await startLab(flavour);
      const { name, on, off } = virtualizationOf(lab.flavour);
      const first = await lab.redfish.readBios(undefined, patient());
      assert.ok(first);
      assert.deepEqual(first.system, {
        id: lab.flavour.systemId,
        manufacturer: "Lab",
        model: "8x H100",
        biosVersion: "1.0.0",
        powerState: "Off",
      });
      assert.equal(first.current[name], on);
      assert.deepEqual(first.pending, {});
      assert.deepEqual([first.failures, first.job, first.appliesAtOnce], [[], undefined, false]);
      assert.equal(first.registry?.id, lab.flavour.registry.id);
      assert.deepEqual(
        first.registry?.attributes.map((attribute) => attribute.name),
        lab.flavour.attributes.map((attribute) => attribute.name),
      );
      assert.equal(first.registry?.dependencies.length, lab.flavour.dependencies.length);

      await lab.redfish.writeBios(undefined, { [name]: off }, patient());
      const waiting = await lab.redfish.readBios(lab.flavour.systemId, patient());
      assert.deepEqual(waiting?.pending, { [name]: off });
      assert.match(
        waiting?.job ?? "",
        flavour === "dell" ? /^job JID_\d+ \(BIOSConfiguration, Scheduled\)$/ : /^task 1 /,
      );
      assert.equal(lab.bmc.effects().virtualization, true, "it never boots");
      assert.deepEqual(lab.system.resets, []);

      await lab.reset("On");
      const after = await lab.redfish.readBios(undefined, patient());
      assert.equal(after?.current[name], off);
      assert.deepEqual([after?.pending, after?.failures, after?.job], [{}, [], undefined]);
      assert.equal(lab.bmc.effects().virtualization, false);
    });
  }
});
