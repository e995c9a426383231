import assert from "node:assert/strict";
import { cardName, isSameCard } from "../../../core/nic/same-card";
import { serialNumberIn } from "../../../core/nic/serial-number";

const hex = (bytes: readonly (number | string)[]): string =>
  bytes
    .map((one) => (typeof one === "number" ? Buffer.from([one]) : Buffer.from(one)).toString("hex"))
    .join("")
    .replace(/(..)/g, " $1");

describe("whether a card is the one that was known", () => {
  const known = { deviceType: "ConnectX7", partNumber: "MCX75310AAS-NEA_Ax" };
  const [first, second] = [{ serialNumber: "MT1" }, { serialNumber: "MT2" }];

  it("goes by its serial number, else by its kind and part number", () => {
    assert.equal(isSameCard(known, known), true);
    assert.equal(isSameCard(known, { ...known, deviceType: "ConnectX6DX" }), false);
    assert.equal(isSameCard(known, { ...known, partNumber: "MCX755106AS-HEA_Ax" }), false);
    assert.equal(isSameCard({ ...known, ...first }, { ...known, ...second }), false);
    assert.equal(isSameCard({ ...known, ...first }, { ...known, ...first, partNumber: "MCX75310AAS-NEAT" }), true);
    assert.equal(isSameCard(known, { ...known, ...first }), true, "it is known only now");
  });

  it("is not doubted for what the tool could not tell", () => {
    for (const partNumber of ["", "N/A"]) {
      assert.equal(isSameCard(known, { ...known, partNumber }), true);
      assert.equal(isSameCard({ ...known, partNumber }, known), true);
    }
    assert.equal(cardName({ deviceType: "ConnectX7", partNumber: "N/A", ...first }), "ConnectX7, serial number MT1");
  });
});

describe("the serial number in vital product data", () => {
  const name = [0x82, 4, 0, "Card"];
  const fields = ["PN", 3, "MCX", "SN", 6, "MT22  ", "RV", 1, 0x51];

  it("is that of the read-only fields, without what fills it up", () => {
    assert.equal(serialNumberIn(hex([...name, 0x90, 19, 0, ...fields, 0x78])), "MT22");
  });

  it("is none where there is none, or what is read is cut off or no such data", () => {
    assert.equal(serialNumberIn(""), undefined);
    assert.equal(serialNumberIn(hex([...name, 0x90, 6, 0, "PN", 3, "MCX", 0x78])), undefined);
    assert.equal(serialNumberIn(hex([...name, 0x78, 0x90, 19, 0, ...fields])), undefined);
    assert.equal(serialNumberIn(hex([...name, 0x90, 19, 0, "PN", 3])), undefined);
    for (const byte of [0, 0xff]) assert.equal(serialNumberIn(hex(Array(64).fill(byte))), undefined);
  });
});
