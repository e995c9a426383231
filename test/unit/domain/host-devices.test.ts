import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareHostDevices, identityScript, passedThrough } from "../../../core/domain/host-devices";
import { LocalReach } from "../../../provider/reach/local";

describe("devices on the host before they are passed through", () => {
  const root = mkdtempSync(join(tmpdir(), "gpudirect-devices-"));
  const put = (address: string, vendor: string, device: string) => {
    const dir = join(root, "sys/bus/pci/devices", address);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "vendor"), `0x${vendor}\n`);
    writeFileSync(join(dir, "device"), `0x${device}\n`);
  };
  before(() => {
    put("0000:17:00.0", "10de", "2330");
    put("0000:18:00.0", "144d", "a80a");
    process.env.GPUDIRECT_ROOT = root;
  });
  after(() => {
    delete process.env.GPUDIRECT_ROOT;
    rmSync(root, { recursive: true });
  });

  const look = async (addresses: string[], expected: Record<string, string>) => {
    const options = { signal: new AbortController().signal, timeoutMs: 10_000, name: "look" };
    const { stdout } = await new LocalReach().run(identityScript(addresses), options);
    return compareHostDevices(addresses, expected, stdout.toString());
  };

  it("lets the planned device through, and one without an expectation", async () => {
    assert.deepEqual(await look(["0000:17:00.0", "0000:18:00.0"], { "0000:17:00.0": "10de:2330" }), []);
  });

  it("names an address that holds another device now, and one that is gone", async () => {
    const expected = { "0000:17:00.0": "10de:2330", "0000:18:00.0": "10de:2330", "0000:19:00.0": "10de:2330" };
    assert.deepEqual(await look(["0000:17:00.0", "0000:18:00.0", "0000:19:00.0"], expected), [
      "0000:18:00.0: holds 144d:a80a now, but the plan was made for 10de:2330; plan again from the host as it is",
      "0000:19:00.0: the host has no such device; plan again from the host as it is",
    ]);
  });

  it("leaves stand-ins alone", () => {
    const place = { parent: "0000:15", port: 0 };
    const devices = { "0000:17:00.0": { ...place, standIn: "gpu" as const }, "0000:18:00.0": { ...place, port: 1 } };
    assert.deepEqual(passedThrough({ devices }), ["0000:18:00.0"]);
  });
});
