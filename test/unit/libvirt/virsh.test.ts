import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Virsh } from "../../../provider/libvirt/virsh";
import type { WorkContext } from "../../../provider/protocol/definition";
import { LocalReach } from "../../../provider/reach/local";

describe("reading a domain by virsh", () => {
  const dir = mkdtempSync(join(tmpdir(), "gpudirect-virsh-"));
  const path = process.env.PATH;
  const context = { signal: new AbortController().signal } as WorkContext;
  const made = join(dir, "made");

  before(() => {
    // Prints what it was asked for; knows the domains of the file `names`.
    const program = `#!/bin/sh
case "$*" in
*list*) cat '${join(dir, "names")}' ;;
*domstate*) echo 'shut off' ;;
*) for last; do :; done; echo "<domain>$last</domain>" ;;
esac
`;
    writeFileSync(join(dir, "virsh"), program);
    chmodSync(join(dir, "virsh"), 0o755);
    process.env.PATH = [dir, path].join(delimiter);
  });
  after(() => {
    process.env.PATH = path;
    rmSync(dir, { recursive: true });
  });

  const read = (names: string, name: string) => {
    writeFileSync(join(dir, "names"), names);
    return new Virsh(new LocalReach()).read(context, name);
  };

  it("runs nothing that an imported name smuggles in", async () => {
    for (const name of [`x'; touch ${made}; '`, `$(touch ${made})`, `\`touch ${made}\``, "--version", "-e x"]) {
      assert.equal(await read("vm\n", name), undefined, name);
      assert.ok(!existsSync(made), name);
    }
  });

  it("takes a name as it is, whatever it holds", async () => {
    for (const name of ["vm", "it's one", "-vm", "a b $HOME"]) {
      const domain = await read(`other\n${name}\n`, name);
      assert.equal(domain?.xml.trim(), `<domain>${name}</domain>`);
      assert.equal(domain?.state, "shut off");
      assert.equal(domain?.liveXml, undefined);
    }
  });
});
