import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderDomain } from "../../../core/domain/domain-xml";
import { h100, planned } from "../plan/planning";
import { sample } from "./samples";

const disks = { root: { source: { file: "/var/lib/images/vm.qcow2" } } };
const interfaces = { lan: { network: "default" } };
const GOLDEN = {
  "h100.golden.xml": () => planned(h100(), { disks, interfaces }).domain,
  "h100-rehearsal.golden.xml": () => planned(h100(), { disks, interfaces, rehearse: true }).domain,
};
describe("the XML of the rehearsal host's guest", () => {
  for (const [name, document] of Object.entries(GOLDEN)) {
    it(`is ${name} (UPDATE_GOLDEN=1 rewrites it)`, () => {
      const [xml, path] = [renderDomain(document()), join(__dirname, name)];
      if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, xml);
      assert.equal(xml, readFileSync(path, "utf8"));
    });
  }

  const documents = [...Object.entries(GOLDEN), ["a nested sample", () => sample()] as const];
  for (const [name, document] of documents) {
    it(`${name} is valid by libvirt's schema`, function () {
      this.timeout(30_000);
      const { status, stdout, stderr } = spawnSync("virt-xml-validate", ["-", "domain"], {
        input: renderDomain(document()),
        encoding: "utf8",
      });
      assert.equal(status, 0, `${stdout}${stderr}`);
    });
  }
});
