import assert from "node:assert/strict";
import { checkDevice, checkParameters } from "../../../core/nic/check-parameters";
import { knownParameter } from "../../../core/nic/known-parameters";
import { argumentOf, type WrittenValue } from "../../../core/nic/parameter-value";
import { isOfProfile, withProfile } from "../../../core/nic/profile";

const normal = (name: string, value: WrittenValue) => withProfile(undefined, { [name]: value })[name];
const problems = (parameters: Record<string, WrittenValue>) =>
  Object.fromEntries(checkParameters(withProfile(undefined, parameters)).map(({ path, message }) => [path, message]));

describe("values of NIC firmware parameters", () => {
  const same: [name: string, forms: WrittenValue[], number: number][] = [
    ["ATS_ENABLED", [true, "True", "true", 1, "1", "0x1"], 1],
    ["ATS_ENABLED", [false, "False", 0, "0"], 0],
    ["P2P_ORDERING_MODE", ["SECURE_NONE", "secure_none", 1, "1"], 1],
    ["NUM_OF_VFS", [16, "16", "0x10"], 16],
    ["LINK_TYPE_P2", ["ETH", "eth", 2], 2],
    ["MODULE_SPLIT_M0[0]", [31, "0x1f", "0x1F"], 31],
    ["NEWER_THAN_OURS", [true, "true", 1, "0x1"], 1],
  ];
  for (const [name, forms, number] of same) {
    it(`${name}: ${forms.map((form) => JSON.stringify(form)).join(", ")} are ${number}`, () => {
      for (const form of forms) assert.equal(normal(name, form), number, String(form));
      assert.deepEqual(problems({ [name]: forms[0] as WrittenValue }), {});
    });
  }

  it("keep a name whose number only the card knows", () => assert.equal(normal("NEWER_THAN_OURS", "FAST"), "FAST"));

  it("are given to the tool as it reads them: binary ones are hexadecimal there", () => {
    assert.equal(argumentOf(44, knownParameter("MAX_ACC_OUT_READ")), "44");
    assert.equal(argumentOf(16, knownParameter("MODULE_SPLIT_M0[1]")), "0x10");
    assert.equal(argumentOf(16, undefined), "0x10");
    assert.equal(argumentOf("FAST", undefined), "FAST");
  });

  const wrong: [name: string, value: WrittenValue, message: RegExp][] = [
    ["P2P_ORDERING_MODE", 4, /^4 is none of its values; give one of DEVICE_DEFAULT \(0\), SECURE_NONE \(1\), /],
    ["P2P_ORDERING_MODE", "SECURE", /^"SECURE" is none of its values/],
    ["ATS_ENABLED", "yes", /^"yes" is none of its values; give one of False \(0\), True \(1\)$/],
    ["ATS_ENABLED", 2, /^2 is none of its values/],
    ["NUM_OF_VFS", 70_000, /^70000 is out of its limits; give a number from 0 to 65535$/],
    ["NUM_OF_VFS", -1, /^-1 is out of its limits/],
    ["NUM_OF_VFS", 1.5, /^1.5 is no whole number; give one from 0 to 65535$/],
    ["NUM_OF_VFS", "many", /^"many" is no whole number/],
    ["NUM_OF_VFS", "010", /^"010" is no whole number/],
    ["RPG_MIN_DEC_FAC_P1", 0, /^0 is out of its limits; give a number from 1 to 100$/],
    ["PHY_RATE_MASK_P1", 0xffff_ffff, /kept for "not known"/],
    ["MODULE_SPLIT_M0[0]", "16", /^"16" is no whole number/],
    ["LINK_TYPE", 1, /^it exists once per port; name which, such as LINK_TYPE_P1$/],
    ["MODULE_SPLIT[2]", 1, /^it exists once per module; name which, such as MODULE_SPLIT_M0\[2\]$/],
    ["HOST_CHAINING_DESCRIPTORS", 1, /^it is an array of 8; set its elements/],
    ["HOST_CHAINING_DESCRIPTORS[8]", 1, /^the last element of the array is \[7\]$/],
    ["ATS_ENABLED[0]", 1, /^it is no array; write ATS_ENABLED$/],
    ["ats_enabled", 1, /^capital and small letters count; write ATS_ENABLED$/],
    ["ATS ENABLED", 1, /is no name of a parameter/],
    ["A=1;reboot", 1, /is no name of a parameter/],
    ["NEWER_THAN_OURS", "a b", /^"a b" is no value of a parameter$/],
    ["NEWER_THAN_OURS", "'; reboot", /is no value of a parameter$/],
    ["NEWER_THAN_OURS", -1, /^-1 is no whole number of 32 bits$/],
  ];
  for (const [name, value, message] of wrong) {
    it(`${name}=${value} is refused`, () => {
      const [[path, found = ""] = []] = Object.entries(problems({ [name]: value }));
      assert.ok(path?.includes(name), path);
      assert.match(found, message);
    });
  }

  it("are refused all at once, and a name that our table does not have is left to the card", () => {
    const found = problems({ ATS_ENABLED: 7, NUM_OF_VFS: -1, NEWER_THAN_OURS: 3 });
    assert.deepEqual(Object.keys(found), ["parameters.ATS_ENABLED", "parameters.NUM_OF_VFS"]);
  });
});

describe("the adapter of NIC firmware parameters", () => {
  it("goes by its first function, which a refusal names", () => {
    assert.deepEqual(checkDevice("0000:3b:00.0"), []);
    assert.match(checkDevice("0000:3b:00.1")[0]?.message ?? "", /so name 0000:3b:00\.0$/);
  });
});

describe("the profile vmPassthrough", () => {
  it("fills in what is not named, and what is named wins", () => {
    const parameters = withProfile("vmPassthrough", { ATS_ENABLED: false, NUM_OF_VFS: 4 });
    assert.deepEqual(parameters, {
      ADVANCED_PCI_SETTINGS: 1,
      MAX_ACC_OUT_READ: 44,
      PCI_WR_ORDERING: 0,
      P2P_ORDERING_MODE: 1,
      ATS_ENABLED: 0,
      RDMA_SELECTIVE_REPEAT_EN: 1,
      NUM_OF_VFS: 4,
    });
    assert.deepEqual(withProfile("vmPassthrough", parameters), parameters, "implied once more, nothing changes");
    assert.deepEqual(checkParameters(parameters), []);
    assert.equal(isOfProfile("vmPassthrough", "MAX_ACC_OUT_READ", 44), true);
    assert.equal(isOfProfile("vmPassthrough", "ATS_ENABLED", 0), false);
    assert.equal(isOfProfile(undefined, "MAX_ACC_OUT_READ", 44), false);
  });
});
