import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { knownNames, knownParameter } from "../../../core/nic/known-parameters";
import type { ParameterTableFile } from "../../../lab/nic/parameter-table-rows";
import { parameterLines } from "../../../tools/nic-parameters/rows";
import { tableModule } from "../../../tools/nic-parameters/table-module";

const ROOT = join(__dirname, "../../..");

describe("the table of NIC firmware parameters", () => {
  const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

  it("is what its generator makes of mstflint's table", () => {
    const table = JSON.parse(read("test/lab/unit/nic/golden/parameter-table.json")) as ParameterTableFile;
    assert.equal(read("core/nic/parameter-table.ts"), tableModule(parameterLines(table), "4.21.0+1-1"));
  });

  it("has every name of mstflint's table", () => assert.equal(knownNames().length, 322));

  it("tells type, values, limits and what unlocks a parameter", () => {
    const { values: _, ...depth } = knownParameter("MAX_ACC_OUT_READ") ?? { values: undefined };
    assert.deepEqual(depth, {
      base: "MAX_ACC_OUT_READ",
      kind: "uint",
      bits: 16,
      needs: [{ name: "ADVANCED_PCI_SETTINGS", operator: "!=", value: 0 }],
    });
    const ordering = knownParameter("P2P_ORDERING_MODE");
    assert.deepEqual([...(ordering?.values ?? [])][1], ["SECURE_NONE", 1]);
    const { minimum, maximum } = knownParameter("RPG_MIN_DEC_FAC_P2") ?? {};
    assert.deepEqual([minimum, maximum], [1, 100]);
  });

  it("knows names with port, module and index, and those alone that exist so", () => {
    assert.equal(knownParameter("LINK_TYPE_P2")?.base, "LINK_TYPE");
    assert.equal(knownParameter("LINK_TYPE")?.lacks, "port");
    assert.equal(knownParameter("LINK_TYPE_M0"), undefined);
    assert.equal(knownParameter("ATS_ENABLED_P1"), undefined);
    const { index, length, bits } = knownParameter("MODULE_SPLIT_M0[3]") ?? {};
    assert.deepEqual([index, length, bits], [3, 16, 8]);
    assert.deepEqual(knownParameter("PHY_RATE_MASK_P2")?.needs, [
      { name: "PHY_RATE_MASK_OVERRIDE_P2", operator: "==", value: 1 },
    ]);
    for (const name of ["constructor", "NO_SUCH", "_P1", ""]) assert.equal(knownParameter(name), undefined, name);
  });
});
