import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadParameterTable, ParameterTable } from "../../../../lab/nic/parameter-table";
import { extractParameterTable } from "../../../../lab/nic/parameter-table-extract";
import { GOLDEN, newDirectory, table } from "./lab-cards";

describe("mstflint's parameter table", () => {
  it("has all TLVs and parameters of Debian 12's package", () => {
    assert.equal(table.tlvs.size, 151);
    assert.equal(table.parameters().length, 810);
  });

  it("knows the parameters that GPUDirect needs, with types, values and limits", () => {
    const order = table.byMlxconfigName("PCI_WR_ORDERING");
    assert.deepEqual(
      [order?.type, [...(order?.values ?? [])]],
      [
        "ENUM",
        [
          ["force_relax", 1],
          ["per_mkey", 0],
        ],
      ],
    );
    assert.deepEqual(
      [...(table.byMlxconfigName("ATS_ENABLED")?.values ?? [])],
      [
        ["False", 0],
        ["True", 1],
      ],
    );
    assert.equal(table.byMlxconfigName("RDMA_SELECTIVE_REPEAT_EN")?.type, "BOOL");
    assert.equal(table.byMlxconfigName("MAX_ACC_OUT_READ")?.sizeInBits, 16);
    assert.equal(table.byMlxconfigName("LINK_TYPE")?.dependency, "always");
    const lanes = table.byMlxconfigName("HOST_CHAINING_DESCRIPTORS");
    assert.deepEqual([lanes?.arrayLength, lanes?.sizeInBits], [8, 8]);
  });

  it("puts every parameter inside its TLV, and no two on the same bit, where users see the TLV", () => {
    for (const tlv of table.tlvs.values()) {
      if (tlv.parameters.every(({ mlxconfigName }) => mlxconfigName === undefined)) continue;
      const taken = new Set<number>();
      for (const { name, bitOffset, sizeInBits, arrayLength, type } of tlv.parameters) {
        if (type === "STRING" || type === "BYTES") continue;
        for (let bit = bitOffset; bit < bitOffset + sizeInBits * Math.max(1, arrayLength); bit += 1) {
          assert.ok(bit >= 0 && bit < tlv.size * 8, `${tlv.name}.${name}: bit ${bit} of ${tlv.size} bytes`);
          assert.ok(!taken.has(bit), `${tlv.name}.${name}: bit ${bit} is taken`);
          taken.add(bit);
        }
      }
    }
  });

  const wrong = (change: Record<string, unknown>) => {
    const file = JSON.parse(readFileSync(join(GOLDEN, "parameter-table.json"), "utf8"));
    const row = file.params.find((candidate: { mlxconfig_name: string }) => candidate.mlxconfig_name === "NUM_OF_VFS");
    Object.assign(row, change);
    return () => new ParameterTable(file);
  };
  const refusals: [Record<string, unknown>, RegExp][] = [
    [{ type: "FLOAT" }, /nv_global_pci_conf\.total_vfs, column type: "FLOAT" is none of BOOL/],
    [{ rule: "1 +" }, /nv_global_pci_conf\.total_vfs, column rule: expression "1 \+"/],
    [{ dependency: "a == 1" }, /column dependency: expression "a == 1"/],
    [{ temp_vars: "x=1" }, /column temp_vars: "x=1" does not begin/],
    [{ tlv_name: "nv_nothing" }, /total_vfs belongs to the TLV nv_nothing, which is not there/],
  ];
  for (const [change, message] of refusals) {
    it(`with ${JSON.stringify(change)} is refused, with the parameter and the column`, () => {
      assert.throws(wrong(change), { message });
    });
  }

  it("that is no JSON, or another JSON, is refused with its path", () => {
    const path = join(newDirectory(), "table.json");
    writeFileSync(path, "{");
    assert.throws(() => loadParameterTable(path), { message: new RegExp(`${path} cannot be read as JSON`) });
    writeFileSync(path, "{}");
    assert.throws(() => loadParameterTable(path), { message: new RegExp(`${path} has no tlvs and params`) });
  });
});

describe("the extraction of the parameter table", () => {
  /** Stands for the sqlite3 program: answers by the table that the query names. */
  const fakeSqlite = (answers: { tlvs: unknown; params: unknown }): string => {
    const program = join(newDirectory(), "sqlite3");
    const answer = (name: "tlvs" | "params") => `*"FROM ${name} "*) printf '%s' '${JSON.stringify(answers[name])}';;`;
    writeFileSync(program, `#!/bin/sh\ncase "$4" in ${answer("tlvs")} ${answer("params")} *) exit 1;; esac\n`);
    chmodSync(program, 0o755);
    return program;
  };
  const { tlvs, params } = JSON.parse(readFileSync(join(GOLDEN, "parameter-table.json"), "utf8"));
  const tlv = tlvs.find(({ name }: { name: string }) => name === "nv_pci_conf");
  const ats = params.find((row: { mlxconfig_name: string }) => row.mlxconfig_name === "ATS_ENABLED");

  it("writes a file that can be loaded, and leaves no other", async () => {
    const output = join(newDirectory(), "table.json");
    const sqlite3 = fakeSqlite({ tlvs: [tlv], params: [{ ...ats, description: "one", dependency: null }] });
    await extractParameterTable({ sqlite3, database: "mlxconfig_host.db", output });
    assert.equal(loadParameterTable(output).byMlxconfigName("ATS_ENABLED")?.description, "one");
    assert.ok(!existsSync(`${output}.partial`));
  });

  it("says what it needs where the program is not there or the database is empty", async () => {
    const output = join(newDirectory(), "table.json");
    await assert.rejects(extractParameterTable({ sqlite3: "/no/sqlite3", database: "a.db", output }), {
      message: /\/no\/sqlite3 cannot read table tlvs of a\.db; give mlxconfig_host\.db/,
    });
    await assert.rejects(
      extractParameterTable({ sqlite3: fakeSqlite({ tlvs: [], params: [] }), database: "a.db", output }),
      {
        message: /a\.db holds no parameters/,
      },
    );
    assert.ok(!existsSync(output));
  });
});
