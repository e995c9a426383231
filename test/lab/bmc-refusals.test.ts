import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { LabHost } from "../../lab/client/lab-host";
import { type Stack, secret } from "../engine/support/stack";
import { until } from "../engine/support/until";
import { redfishGet } from "./support/bmc";
import { bootedHost } from "./support/hosts";
import { HOST, hostsOf, labStack, on } from "./support/lab-stack";

interface User {
  readonly userName: string;
  readonly roleId: string;
  readonly password: string;
}

/** What a user sees who may not, or not any more, change the settings of a BIOS. */
describe("a BMC that refuses", function () {
  this.timeout(900_000);
  let host: LabHost;
  let stack: Stack;
  let users: User[];

  before(async () => {
    host = await bootedHost();
    stack = await labStack(host);
    users = JSON.parse(readFileSync((await host.status()).bmc.passwordFile, "utf8"));
    stack.resources({ bios: on("Bios", { intents: { maxReadRequest: 4096 } }) });
  });
  after(() => stack?.discard());
  beforeEach(async () => {
    await host.clearFaults();
    await as({});
  });

  /** Configures the stack with other access to the BMC. */
  async function as(bmc: Record<string, unknown>): Promise<void> {
    const hosts = (await hostsOf(host)) as Record<string, { bmc: object }>;
    await stack.configure({ "gpudirect:hosts": { [HOST]: { ...hosts[HOST], bmc: { ...hosts[HOST]?.bmc, ...bmc } } } });
  }

  const pending = async () => JSON.parse((await redfishGet(host, "/redfish/v1/Systems/Self/Bios/SD")).text).Attributes;
  const sessions = async () =>
    JSON.parse((await redfishGet(host, "/redfish/v1/SessionService/Sessions")).text)["Members@odata.count"];
  const tokens = () => users.map(({ password }) => password);

  async function refused(reason: RegExp): Promise<void> {
    const { code, text } = await stack.up();
    notEqual(code, 0);
    match(text, reason);
    ok(!/\n\s+at /.test(text), "no stack trace");
    for (const token of tokens()) ok(!text.includes(token), "no password");
    await host.clearFaults();
    deepEqual(await pending(), {});
    // The engine does not wait for the plugin's end.
    await until("the sessions are ended", async () => (await sessions()) === 0);
  }

  it("a wrong password is named as such, with the user, and not shown", async () => {
    await as({ password: secret("not-the-password") });
    await refused(/hgx[\s\S]*(password|refused)[\s\S]*admin|admin[\s\S]*(password|refused)/i);
  });

  it("a user without the right is told which user it is, and the preview shows the plan", async () => {
    const reader = users.find(({ roleId }) => roleId === "ReadOnly") as User;
    await as({ user: reader.userName, password: secret(reader.password) });
    const [, step] = await stack.steps();
    equal(step?.op, "create");
    await refused(new RegExp(reader.userName));
  });

  it("a certificate that has changed is refused before the password is sent, with the fingerprint that was seen", async () => {
    await host.fault("bmc-certificate-changed");
    await refused(/certificate[\s\S]*(?:[0-9A-F]{2}:){31}[0-9A-F]{2}/i);
  });

  it("a certificate that no CA vouches for needs to be pinned, or the check turned off", async () => {
    await as({ certificateSha256: undefined });
    await refused(/certificate[\s\S]*certificateSha256/);
    await as({ certificateSha256: undefined, verifyCertificate: false });
    const { code, text } = await stack.up();
    equal(code, 0, text);
    deepEqual(await pending(), { PCIS012: "PCIS0124096Bytes" });
    equal((await stack.destroy()).code, 0);
    deepEqual(
      Object.values(await pending()).filter((value) => value !== "PCIS012Auto"),
      [],
    );
  });

  it("an intent that it does not offer fails at preview where it is required", async () => {
    stack.resources({ bios: on("Bios", { intents: { numaPerSocket: 4 }, need: { numaPerSocket: "required" } }) });
    const { code, text } = await stack.preview();
    notEqual(code, 0);
    match(text, /intents\.numaPerSocket/);
  });
});
