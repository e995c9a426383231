import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootsKernel, chooseAccelerator, runsBootSector } from "../../../../lab/client/accelerator";

describe("probe of an accelerator", () => {
  it("sees a boot sector run by emulation, and gives up at the limit", async () => {
    assert.equal(await runsBootSector("tcg", 60_000), true);
    assert.equal(await runsBootSector("tcg", 1), false);
  });

  it("takes for no kernel what is none, and chooses emulation then", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gpudirect-kernel-"));
    try {
      const kernel = join(folder, "vmlinuz");
      writeFileSync(kernel, "no kernel");
      assert.equal(await bootsKernel("tcg", kernel, 1000), false);
      assert.equal(await bootsKernel("tcg", `${kernel}-not-there`, 5000), false);
      if (!existsSync("/dev/kvm")) assert.equal(await runsBootSector("kvm", 5000), false);
      assert.equal(await chooseAccelerator(kernel), "tcg");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
