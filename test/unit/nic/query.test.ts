import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CardQuery } from "../../../core/nic/card-query";
import { parseHostReading } from "../../../core/nic/host-reading";
import { parseQueryJson } from "../../../core/nic/query-json";
import { parseQueryText } from "../../../core/nic/query-text";
import { deviceRefusal, functionsOf } from "../../../core/nic/refuse-device";
import { waitingParameters } from "../../../core/nic/waiting";
import { openFirmware, run } from "../../lab/unit/nic/lab-cards";

const CX6DX = "0000:3b:00.0";

/** All three forms in which a card's parameters come, from the lab's own programs. */
function queries(device: string, change: string): { old: CardQuery; text: CardQuery; json: CardQuery } {
  const [old, recent] = [openFirmware({ release: "4.21.0" }), openFirmware({ release: "4.35.0" })];
  for (const firmware of [old, recent]) run(firmware, `mstconfig -d ${device} -y set ${change}`);
  const file = run(recent, `mstconfig -d ${device} -e -j /q.json query`).files?.["/q.json"] ?? "";
  const parsed = {
    old: parseQueryText(run(old, `mstconfig -d ${device} -e query`).stdout),
    text: parseQueryText(run(recent, `mstconfig -d ${device} -e query`).stdout),
    json: parseQueryJson(file),
  };
  assert.ok(parsed.old && parsed.text && parsed.json);
  return { old: parsed.old, text: parsed.text, json: parsed.json };
}

const inOrder = ({ parameters }: CardQuery) => [...parameters].sort(([a], [b]) => (a < b ? -1 : 1));

describe("a card's parameters", () => {
  for (const [device, type] of [
    ["19:00.0", "ConnectX7"],
    ["3b:00.0", "ConnectX6DX"],
    ["5e:00.0", "BlueField3"],
  ] as const) {
    it(`of a ${type} are the same in every form in which the tool gives them`, () => {
      const { old, text, json } = queries(device, "P2P_ORDERING_MODE=SECURE_ALL NUM_OF_VFS=3");
      assert.equal(json.deviceType, type);
      assert.deepEqual([text.deviceType, text.partNumber, text.description], [type, json.partNumber, json.description]);
      assert.ok(json.parameters.size > 100);
      assert.deepEqual(inOrder(text), inOrder(json));
      const writable = inOrder(json).filter(([, { readOnly }]) => !readOnly);
      assert.equal(writable.length < json.parameters.size, type !== "BlueField3", "some are read-only");
      assert.deepEqual(inOrder(old), writable, "the old release leaves out what is read-only");
      assert.deepEqual(json.parameters.get("P2P_ORDERING_MODE"), {
        default: { value: 0, name: "DEVICE_DEFAULT" },
        current: { value: 0, name: "DEVICE_DEFAULT" },
        next: { value: 3, name: "SECURE_ALL" },
        readOnly: false,
      });
      assert.equal(json.parameters.get("HOST_CHAINING_DESCRIPTORS")?.length, 8);
    });
  }

  it("are none where the tool could not open the card", () => {
    assert.equal(parseQueryText(run(openFirmware(), "mstconfig -d 77:00.0 -e query").stdout), undefined);
    const { files } = run(openFirmware(), "mstconfig -d 77:00.0 -e -j /q.json query");
    assert.equal(parseQueryJson(files?.["/q.json"] ?? ""), undefined);
    assert.equal(parseQueryJson(""), undefined);
  });

  it("are not guessed at where a format is another one", () => {
    const { stdout } = run(openFirmware(), "mstconfig -d 19:00.0 -e query");
    assert.throws(() => parseQueryText(stdout.replace("Current", "Actual")), /columns of the table are unknown/);
    assert.throws(() => parseQueryText(stdout.replace("False(0) ", "False (0) ")), /has 4 values instead of/);
    assert.throws(() => parseQueryText(run(openFirmware(), "mstconfig -d 19:00.0 query").stdout), /columns/);
    const text = run(openFirmware(), "mstconfig -d 19:00.0 -e -j /q query").files?.["/q"] ?? "";
    assert.throws(() => parseQueryJson(text.replaceAll("next_value", "future_value")), /has no next_value/);
    assert.throws(() => parseQueryJson(text.replace("tlv_configuration", "tlvs")), /no tlv_configuration/);
  });
});

describe("a host's NIC firmware", () => {
  const golden = (release: string): string => readFileSync(join(__dirname, "golden", `host-${release}.txt`), "utf8");

  for (const release of ["4.35.0", "4.21.0"]) {
    it(`is read from what the script prints with mstconfig ${release}`, () => {
      const reading = parseHostReading(golden(release));
      const { tool, toolVersion, lockdown, holders, firmware } = reading;
      assert.deepEqual([tool, toolVersion, lockdown], ["mstconfig", release, "none"]);
      assert.deepEqual([...holders], [["0000:19:00.0", "domain train-0"]]);
      assert.deepEqual([...firmware], [[CX6DX, { version: "22.43.1014", psid: "MT_0000000359" }]]);
      assert.deepEqual(functionsOf(reading, CX6DX), [CX6DX, "0000:3b:00.1"]);
      assert.match(deviceRefusal(reading, "0000:3b:01.0") ?? "", /is a virtual function/);
      assert.equal(deviceRefusal(reading, CX6DX), undefined);
      assert.deepEqual([...reading.cards.keys()], [CX6DX]);
      const card = reading.cards.get(CX6DX);
      assert.equal(card?.serialNumber, "MT2219T00517");
      const { current, next } = card?.query?.parameters.get("ATS_ENABLED") ?? {};
      assert.deepEqual([current?.value, next?.value], [1, 1]);
      assert.deepEqual(waitingParameters(reading), [
        `${CX6DX} NUM_OF_VFS: 16 → 8`,
        "0000:19:00.0, perhaps: domain train-0 holds it",
      ]);
      const element = card?.elements.get("HOST_CHAINING_DESCRIPTORS[1]");
      assert.deepEqual(typeof element === "object" && [element.current.value, element.next.value], [0, 5]);
      assert.match(String(card?.elements.get("HOST_CHAINING_DESCRIPTORS[9]")), /Maximal index is 7$/);
      assert.equal(card?.listed?.includes("NVME_EMULATION_ENABLE"), release === "4.21.0" ? true : undefined);
    });
  }

  it("is refused where the answer was cut off", () => {
    const text = golden("4.21.0");
    for (const end of [0, 100, text.length - 6]) assert.throws(() => parseHostReading(text.slice(0, end)), /cut off/);
  });

  it("lays an answer that is not understood to the card that gave it", () => {
    const half = '{"Device #1": {"descr';
    const file = run(openFirmware(), `mstconfig -d ${CX6DX} -e -j /q.json query`).files?.["/q.json"] ?? "";
    const of = (address: string, status: number, said: string, json: string): string =>
      `\n\u0001said ${address} ${status}\n${said}\n\u0001json ${address}\n${json}`;
    const answers = [of(CX6DX, 0, "", file), of("0000:19:00.0", 3, "-E- Failed to query device", half)];
    const { cards } = parseHostReading(`${answers.join("")}${of("0000:5e:00.0", 0, "", half)}\n\u0001end\n`);
    assert.equal(cards.get(CX6DX)?.query?.deviceType, "ConnectX6DX");
    assert.equal(cards.get("0000:19:00.0")?.error, "Failed to query device");
    const strange = cards.get("0000:5e:00.0");
    assert.equal(strange?.query, undefined);
    assert.match(strange?.error ?? "", /^its answer is not understood: /);
  });

  it("carries the tool's own words where a card could not be read", () => {
    const { stdout, status } = run(openFirmware({ release: "4.21.0" }), "mstconfig -d 77:00.0 -e query");
    const printed = `\n\u0001tool mstconfig\n\n\u0001said 0000:77:00.0 ${status}\n${stdout}\n\u0001end\n`;
    const reading = parseHostReading(printed);
    const card = reading.cards.get("0000:77:00.0");
    assert.deepEqual([card?.query, card?.error], [undefined, "Failed to open the device"]);
    assert.match(waitingParameters(reading).join(), /could not be read: Failed to open the device$/);
  });
});
