import assert from "node:assert/strict";
import { FLAVOUR_NAMES, FLAVOURS } from "../../../../lab/bmc/flavours";
import { FACTORY_BIOS_EFFECTS, MAX_READ_REQUESTS } from "../../../../lab/hardware/bios-effects";
import { clearBenches, startBench, virtualizationOf } from "./support/bench";
import { keysOf } from "./support/redfish-client";

for (const name of FLAVOUR_NAMES) {
  const flavour = FLAVOURS[name];
  const virtualization = virtualizationOf(flavour);

  describe(`BMC of flavour ${name}`, () => {
    afterEach(clearBenches);
    it("is found from the service root on, link by link", async () => {
      const { admin, paths, flavour } = await startBench(name);
      const root = (await admin.get("/redfish/v1/")).body;
      assert.equal(root.Vendor, flavour.vendor);
      const systems = (await admin.get(root.Systems["@odata.id"])).body;
      const system = (await admin.get(systems.Members[0]["@odata.id"])).body;
      assert.equal(system.Id, flavour.systemId);
      const bios = (await admin.get(system.Bios["@odata.id"])).body;
      const settings = await admin.get(bios["@Redfish.Settings"].SettingsObject["@odata.id"]);
      assert.equal(settings.status, 200);
      assert.equal(settings.body["@odata.id"].replace(/\/$/, ""), paths.settings);
      for (const link of [...system.Links.Chassis, ...system.Links.ManagedBy]) {
        assert.equal((await admin.get(link["@odata.id"])).status, 200);
      }
      const slashed = [root, system, bios].every((body) => body["@odata.id"].endsWith("/"));
      assert.equal(slashed, flavour.trailingSlash);
    });

    it("describes each BIOS attribute in the registry that Bios names", async () => {
      const { admin, paths } = await startBench(name);
      const bios = (await admin.get(paths.bios)).body;
      const file = (await admin.get(`/redfish/v1/Registries/${bios.AttributeRegistry}`)).body;
      const registry = (await admin.get(file.Location[0].Uri)).body;
      assert.equal(registry.Id, bios.AttributeRegistry);
      const entries: { AttributeName: string; DefaultValue: unknown; Value?: { ValueName: string }[] }[] =
        registry.RegistryEntries.Attributes;
      assert.deepEqual(entries.map((entry) => entry.AttributeName).sort(), Object.keys(bios.Attributes).sort());
      for (const { AttributeName, DefaultValue, Value } of entries) {
        assert.equal(bios.Attributes[AttributeName], DefaultValue);
        if (Value)
          assert.ok(
            Value.some(({ ValueName }) => ValueName === DefaultValue),
            AttributeName,
          );
      }
      assert.ok(registry.RegistryEntries.Dependencies.length > 0);
    });

    it("comes from the factory with everything on", async () => {
      const { bmc } = await startBench(name);
      assert.deepEqual(bmc.effects(), FACTORY_BIOS_EFFECTS);
    });

    it("keeps a setting pending until the reset, and then acts on it", async () => {
      const bench = await startBench(name);
      await bench.reset("On");
      const reply = await bench.write({ [virtualization.name]: virtualization.off });
      assert.ok(reply.status >= 200 && reply.status < 300, reply.text);
      const pending = (await bench.admin.get(bench.paths.settings)).body.Attributes;
      assert.equal(pending[virtualization.name], virtualization.off);
      assert.equal(bench.bmc.effects().virtualization, true);

      assert.equal((await bench.reset("ForceRestart")).status, 204);
      assert.equal((await bench.shown())[virtualization.name], virtualization.off);
      assert.equal(bench.bmc.effects().virtualization, false);
      assert.equal(bench.system.starts.at(-1)?.effects.virtualization, false);
      const settings = (await bench.admin.get(bench.paths.bios)).body["@Redfish.Settings"];
      assert.match(settings.Messages[0].MessageId, /^Base\.1\.\d+\.Success$/);
      assert.ok(settings.Time);
    });

    it("switches each effect that it offers, by each value", async () => {
      const bench = await startBench(name);
      await bench.reset("On");
      for (const [field, table] of Object.entries(flavour.effects)) {
        for (const [value, effect] of Object.entries(table.values)) {
          const reply = await bench.write({ [table.attribute]: value });
          assert.ok(reply.status < 300, `${table.attribute}=${value}: ${reply.text}`);
          await bench.reset("ForceRestart");
          assert.equal(bench.bmc.effects()[field as keyof typeof FACTORY_BIOS_EFFECTS], effect, `${field}: ${value}`);
        }
      }
    });

    it("refuses read-only, unknown, locked and wrong settings, and writes none of them", async () => {
      const bench = await startBench(name);
      const readOnly = flavour.attributes.find((attribute) => attribute.readOnly)?.name as string;
      const locked = bench.flavour.dependencies[0]?.attribute as string;
      const lockedValue = flavour.attributes.find((attribute) => attribute.name === locked)?.default ?? "";
      const number = flavour.attributes.find((attribute) => attribute.type === "Integer")?.name;
      const isLockedAtFactory = name !== "supermicro";
      const wrong: [Record<string, string | number | boolean>, string][] = [
        [{ [readOnly]: "x" }, "PropertyNotWritable"],
        [{ NoSuchSetting: "x" }, "PropertyUnknown"],
        [{ [virtualization.name]: "Perhaps" }, "PropertyValueNotInList"],
        [{ [virtualization.name]: 1 }, "PropertyValueTypeError"],
        ...(isLockedAtFactory
          ? [[{ [locked]: lockedValue }, "PropertyNotWritable"] as [Record<string, string>, string]]
          : []),
        ...(number ? [[{ [number]: 1_000_000 }, "PropertyValueOutOfRange"] as [Record<string, number>, string]] : []),
      ];
      for (const [attributes, key] of wrong) {
        const reply = await bench.write({ ...attributes });
        assert.equal(reply.status, 400, JSON.stringify(attributes));
        assert.deepEqual(keysOf(reply), [key], JSON.stringify(attributes));
      }
      const both = await bench.write({ [virtualization.name]: virtualization.off, NoSuchSetting: "x" });
      assert.equal(both.status, 400);
      await bench.reset("On");
      assert.equal(bench.bmc.effects().virtualization, true);
    });
  });
}

describe("BMC flavours together", () => {
  afterEach(clearBenches);
  it("switch every effect, and MaxReadReq to every size", () => {
    const offered = new Set(FLAVOUR_NAMES.flatMap((name) => Object.keys(FLAVOURS[name].effects)));
    assert.deepEqual([...offered].sort(), Object.keys(FACTORY_BIOS_EFFECTS).sort());
    assert.deepEqual(Object.keys(FLAVOURS.ami.effects).sort(), Object.keys(FACTORY_BIOS_EFFECTS).sort());
    const sizes = new Set(Object.values(FLAVOURS.ami.effects.maxReadRequest?.values ?? {}));
    assert.deepEqual(
      [...sizes].sort((a, b) => a - b),
      [...MAX_READ_REQUESTS],
    );
  });

  it("open a locked setting when its condition is lifted in the same request", async () => {
    const bench = await startBench("ami");
    const lifted = await bench.write({ NWSK000: "NWSK000Enabled", NWSK001: "NWSK001Enabled" });
    assert.equal(lifted.status, 204, lifted.text);
    await bench.reset("On");
    assert.equal((await bench.shown()).NWSK001, "NWSK001Enabled");
  });

  it("lock a setting by another one's value", async () => {
    const bench = await startBench("supermicro");
    const reply = await bench.write({ CSMSupport_0210: "Enabled", SecureBoot_0240: true });
    assert.deepEqual(keysOf(reply), ["PropertyNotWritable"]);
  });

  it("refuse an unknown name with the names that there are", async () => {
    await assert.rejects(startBench("ibm" as "dell"), /flavour: "ibm" is not a BMC of the lab; use one of dell, hpe/);
  });
});
