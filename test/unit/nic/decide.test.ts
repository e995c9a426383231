import assert from "node:assert/strict";
import { type AskedCard, elementsToAsk, needsListing, parametersOf } from "../../../core/nic/adapter";
import { nicBootNeed } from "../../../core/nic/boot-need";
import type { CardQuery } from "../../../core/nic/card-query";
import { judgeParameters } from "../../../core/nic/judge";
import { parseQueryText } from "../../../core/nic/query-text";
import { writeOrder } from "../../../core/nic/write-order";
import { openFirmware, run } from "../../lab/unit/nic/lab-cards";

function asked(device: string, ...settings: string[]): CardQuery {
  const firmware = openFirmware();
  for (const setting of settings) {
    run(firmware, `mstconfig -d ${device} -y set ${setting}`);
    if (setting.includes("ADVANCED_PCI_SETTINGS=1")) firmware.reset("cold");
  }
  const query = parseQueryText(run(firmware, `mstconfig -d ${device} -e query`).stdout);
  assert.ok(query);
  return query;
}

const card = (query: CardQuery, listed?: string[]): AskedCard => ({
  query,
  tool: "mstconfig 4.35.0",
  answer: { query, elements: new Map(), ...(listed ? { listed } : {}) },
});
const nobody = () => undefined;
const told = (query: CardQuery, name: string, listed?: string[]) =>
  parametersOf(card(query, listed), [name], {}, nobody);

describe("what a card says of a parameter", () => {
  it("is its values by number, or by name where the program has a name that nobody has the number of", () => {
    const query = asked("19:00.0", "P2P_ORDERING_MODE=2");
    const { parameters, running, defaults } = told(query, "P2P_ORDERING_MODE");
    assert.deepEqual(
      [parameters, running, defaults].map((map) => map.P2P_ORDERING_MODE),
      [2, 0, 0],
    );
    const named = parametersOf(card(query), ["P2P_ORDERING_MODE"], { P2P_ORDERING_MODE: "secure_trust" }, nobody);
    assert.equal(named.parameters.P2P_ORDERING_MODE, "secure_trust");
    assert.equal(named.running.P2P_ORDERING_MODE, "DEVICE_DEFAULT");
  });

  it("is that it is locked, and by what, as long as that is not in force", () => {
    const { locked, unsupported, parameters } = told(asked("19:00.0"), "MAX_ACC_OUT_READ");
    assert.match(locked.MAX_ACC_OUT_READ ?? "", /ADVANCED_PCI_SETTINGS=1, in force after a boot, probably unlocks it$/);
    assert.deepEqual([unsupported, parameters], [{}, {}]);
    const open = told(asked("19:00.0", "ADVANCED_PCI_SETTINGS=1"), "MAX_ACC_OUT_READ");
    assert.deepEqual([open.locked, open.parameters], [{}, { MAX_ACC_OUT_READ: 0 }]);
  });

  it("is that it does not have it, where nothing that could unlock it is left", () => {
    const reasons: [query: CardQuery, name: string, why: RegExp][] = [
      [
        asked("3b:00.0"),
        "RDMA_SELECTIVE_REPEAT_EN",
        /^ConnectX6DX MCX\S+ does not support it: the firmware is too old/,
      ],
      [asked("19:00.0", "ADVANCED_PCI_SETTINGS=1"), "IBM_CAPI_EN", /^ConnectX7 MCX\S+ does not support it/],
      [asked("19:00.0"), "DISABLE_SLOT_POWER_LIMITER", /has no ADVANCED_POWER_SETTINGS, on which it depends$/],
      [asked("19:00.0"), "NO_SUCH", /^neither this provider nor mstconfig 4\.35\.0 knows a parameter of this name/],
      [asked("19:00.0"), "HOST_CHAINING_DESCRIPTORS", /^it is an array of 8/],
      [asked("19:00.0"), "HOST_CHAINING_DESCRIPTORS[8]", /^the last element of the array is \[7\]$/],
      [asked("19:00.0"), "ATS_ENABLED[0]", /^it is no array; write ATS_ENABLED$/],
    ];
    for (const [query, name, why] of reasons) assert.match(told(query, name).unsupported[name] ?? "", why, name);
  });

  it("is that it may be locked, where only the tool on the host knows the name", () => {
    const { locked } = told(asked("19:00.0"), "NEWER_THAN_OURS", ["NEWER_THAN_OURS"]);
    assert.match(locked.NEWER_THAN_OURS ?? "", /which parameter unlocks it is not known/);
  });

  it("takes another look for elements of arrays, and for names that neither we nor the card know", () => {
    const query = asked("19:00.0");
    const names = ["ATS_ENABLED", "MAX_ACC_OUT_READ", "HOST_CHAINING_DESCRIPTORS[2]", "HOST_CHAINING_DESCRIPTORS[8]"];
    assert.deepEqual(elementsToAsk(query, names), ["HOST_CHAINING_DESCRIPTORS[2]"]);
    assert.equal(needsListing(query, names), false);
    assert.equal(needsListing(query, ["NEWER_THAN_OURS"]), true);
  });
});

describe("what a card makes of what is wanted", () => {
  const base = { device: "0000:19:00.0", parameters: { A: 1, B: 0 }, locked: {}, unsupported: {} };

  it("is nothing where it can be set, and for what it was not asked for", () => {
    const judged = judgeParameters(base, { parameters: { A: 0, B: 0, C: 5 } });
    assert.deepEqual(judged, { refusals: [], warnings: [], beyond: [] });
    assert.deepEqual(judgeParameters(base, { parameters: new Date() }).refusals, [], "not known yet");
  });

  it("is a warning for what is locked, and for what only the profile asks", () => {
    const adapter = {
      ...base,
      locked: { MAX_ACC_OUT_READ: "the card does not show it" },
      unsupported: { RDMA_SELECTIVE_REPEAT_EN: "too old" },
    };
    const parameters = { MAX_ACC_OUT_READ: 44, RDMA_SELECTIVE_REPEAT_EN: 1 };
    const judged = judgeParameters(adapter, { profile: "vmPassthrough", parameters });
    assert.deepEqual(judged.beyond, ["parameters.MAX_ACC_OUT_READ", "parameters.RDMA_SELECTIVE_REPEAT_EN"]);
    assert.deepEqual(judged.refusals, []);
    assert.equal(judged.warnings.length, 2);
    const named = judgeParameters(adapter, { parameters });
    assert.deepEqual(named.refusals, [
      { path: "parameters.RDMA_SELECTIVE_REPEAT_EN", message: "cannot be set: too old" },
    ]);
  });

  it("is a refusal of another value of what is read-only", () => {
    const adapter = { ...base, locked: { A: "read-only" } };
    assert.deepEqual(judgeParameters(adapter, { parameters: { A: 1 } }).refusals, []);
    const [refusal] = judgeParameters(adapter, { parameters: { A: 0 } }).refusals;
    assert.equal(refusal?.message, "cannot be set: read-only; its value is 1");
  });

  it("is a refusal of every change while it is held, and of none where nothing differs", () => {
    const adapter = { ...base, notAsked: "held by domain train-0" };
    assert.deepEqual(judgeParameters(adapter, { parameters: { A: 1 } }).refusals, []);
    const [refusal] = judgeParameters(adapter, { parameters: { A: 0, C: 1 } }).refusals;
    assert.deepEqual(refusal, { path: "device", message: "held by domain train-0. What is to be set: A, C" });
  });
});

describe("the judgement of another card at the address", () => {
  it("is its refusal by name alone: what was known of the one says nothing of the other", () => {
    const otherCard = "0000:19:00.0 is now a ConnectX6DX";
    const adapter = { device: "0000:19:00.0", parameters: { A: 0 }, locked: {}, unsupported: { B: "no" }, otherCard };
    for (const parameters of [{}, { A: 1, B: 1 }]) {
      assert.deepEqual(judgeParameters(adapter, { parameters }), {
        refusals: [{ path: "device", message: otherCard }],
        warnings: [],
        beyond: [],
      });
    }
  });
});

describe("the order of writes", () => {
  it("sets what unlocks in a call before what it unlocks", () => {
    const order = writeOrder({ MAX_ACC_OUT_READ: 44, ATS_ENABLED: 1, ADVANCED_PCI_SETTINGS: 1 });
    assert.deepEqual(order, [["ATS_ENABLED", "ADVANCED_PCI_SETTINGS"], ["MAX_ACC_OUT_READ"]]);
  });

  it("puts back in a call before that which locks it again", () => {
    const order = writeOrder({ ADVANCED_PCI_SETTINGS: 0, ATS_ENABLED: 0, MAX_ACC_OUT_READ: 0 });
    assert.deepEqual(order, [["ATS_ENABLED", "MAX_ACC_OUT_READ"], ["ADVANCED_PCI_SETTINGS"]]);
  });

  it("is one call where nothing depends on another, and none for nothing", () => {
    assert.deepEqual(writeOrder({ ATS_ENABLED: 1, NUM_OF_VFS: 4 }), [["ATS_ENABLED", "NUM_OF_VFS"]]);
    assert.deepEqual(writeOrder({}), []);
  });

  it("is what a card takes: each call of it, one after another, is accepted", () => {
    const firmware = openFirmware();
    run(firmware, "mstconfig -d 19:00.0 -y set ADVANCED_PCI_SETTINGS=1");
    firmware.reset("warm");
    const settings = { ADVANCED_PCI_SETTINGS: 0, MAX_ACC_OUT_READ: 0, IP_OVER_VXLAN_EN: 1, IP_OVER_VXLAN_PORT: 4790 };
    for (const names of writeOrder(settings)) {
      const words = names.map((name) => `${name}=${settings[name as keyof typeof settings]}`).join(" ");
      const { status, stdout } = run(firmware, `mstconfig -d 19:00.0 -y set ${words}`);
      assert.equal(status, 0, stdout);
    }
  });
});

describe("the boots that NIC firmware needs", () => {
  const need = (waiting: Partial<Parameters<typeof nicBootNeed>[0]>) =>
    nicBootNeed({ deviceType: "ConnectX7", running: {}, target: {}, locked: {}, unsupported: {}, ...waiting });

  it("are none where what is wanted is in force", () => {
    assert.deepEqual(need({ running: { A: 1 }, target: { A: 1 } }), { kind: "none", passes: 0, reasons: [] });
  });

  it("are a restart, or a power cycle of a BlueField, naming what waits", () => {
    const waits = { running: { A: 0, B: 2 }, target: { A: 1, B: 2 } };
    assert.deepEqual(need(waits), { kind: "reboot", passes: 1, reasons: ["A is to be 1, 0 is in force"] });
    assert.equal(need({ ...waits, deviceType: "BlueField3" }).kind, "powerCycle");
  });

  it("are two where one parameter unlocks another", () => {
    const locked = { MAX_ACC_OUT_READ: "the card does not show it" };
    const running = { ADVANCED_PCI_SETTINGS: 0 };
    const { passes, reasons } = need({ running, target: { ADVANCED_PCI_SETTINGS: 1 }, locked });
    assert.equal(passes, 2);
    assert.match(reasons.join("\n"), /MAX_ACC_OUT_READ is locked until ADVANCED_PCI_SETTINGS=1 is in force$/);
    assert.equal(need({ running, target: { ADVANCED_PCI_SETTINGS: 0 }, locked }).passes, 0, "nothing unlocks it");
  });

  it("do not count what the card does not have, or has as read-only", () => {
    const waiting = { running: { A: 0 }, target: { A: 1, B: 1 }, locked: { A: "read-only" }, unsupported: { B: "no" } };
    assert.equal(need(waiting).kind, "none");
  });
});
