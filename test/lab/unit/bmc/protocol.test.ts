import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { connect } from "node:tls";
import { clearBenches, startBench } from "./support/bench";
import { basic, keysOf, RedfishClient } from "./support/redfish-client";

const SESSIONS = "/redfish/v1/SessionService/Sessions";
const ACCOUNTS = "/redfish/v1/AccountService/Accounts";

describe("BMC's door", () => {
  afterEach(clearBenches);
  it("shows the root, the version and the metadata to anybody, all else to users only", async () => {
    const { bmc } = await startBench("dell");
    const nobody = new RedfishClient(bmc);
    assert.deepEqual((await nobody.get("/redfish")).body, { v1: "/redfish/v1/" });
    for (const path of ["/redfish/v1", "/redfish/v1/", "/redfish/v1/odata", "/redfish/v1/$metadata"]) {
      assert.equal((await nobody.get(path)).status, 200, path);
    }
    for (const path of ["/redfish/v1/Systems", SESSIONS, "/redfish/v1/NoSuchThing"]) {
      const reply = await nobody.get(path);
      assert.equal(reply.status, 401, path);
      assert.match(reply.headers["www-authenticate"] ?? "", /^Basic /);
      assert.deepEqual(keysOf(reply), ["AccessDenied"]);
    }
  });

  it("refuses wrong passwords and tokens, and does not repeat them", async () => {
    const { bmc } = await startBench("hpe");
    const wrong = new RedfishClient(bmc, basic("Administrator", "Guessed-1234"));
    const reply = await wrong.get("/redfish/v1/Systems");
    assert.equal(reply.status, 401);
    assert.ok(!reply.text.includes("Guessed"));
    const token = await new RedfishClient(bmc, { "x-auth-token": "0123456789abcdef" }).get("/redfish/v1/Systems");
    assert.equal(token.status, 401);
    const login = await new RedfishClient(bmc).post(SESSIONS, { UserName: "Administrator", Password: "Guessed-1234" });
    assert.equal(login.status, 401);
    assert.ok(!login.text.includes("Guessed"));
  });

  it("serves a certificate of its own, for this machine's names, with a key that only its owner reads", async () => {
    const { bmc } = await startBench("ami");
    const certificate = new X509Certificate(readFileSync(bmc.certificateFile));
    for (const name of ["IP Address:127.0.0.1", "DNS:localhost", "DNS:lab-h100"]) {
      assert.ok(certificate.subjectAltName?.includes(name), name);
    }
    assert.equal(statSync(bmc.certificateFile.replace(/pem$/, "key")).mode & 0o777, 0o600);
    assert.equal(statSync(bmc.passwordFile).mode & 0o777, 0o600);
    await assert.rejects(
      new Promise((_, reject) => connect({ port: bmc.port, host: "127.0.0.1" }).on("error", reject)),
      /self-signed|self signed/,
    );
  });

  it("keeps passwords and tokens out of its log and its state", async () => {
    const lines: string[] = [];
    const { bmc } = await startBench("supermicro", { log: (line) => lines.push(line) });
    const [user] = bmc.users;
    assert.ok(user);
    const login = await new RedfishClient(bmc).post(SESSIONS, { UserName: user.userName, Password: user.password });
    assert.equal(login.status, 201);
    const written = `${lines.join("\n")}${JSON.stringify(bmc.state())}`;
    assert.ok(lines.some((line) => line.includes(`POST ${SESSIONS}: 201`)));
    assert.ok(!written.includes(user.password));
    assert.ok(!written.includes(login.headers["x-auth-token"] as string));
  });

  it("has other passwords in each BMC", async () => {
    const [one, two] = [await startBench("dell"), await startBench("dell")];
    const passwords = [...one.bmc.users, ...two.bmc.users].map(({ password }) => password);
    assert.equal(new Set(passwords).size, 6);
  });
});

describe("BMC's sessions", () => {
  afterEach(clearBenches);
  it("open by name and password, hold for their token, and end by DELETE", async () => {
    const { bmc } = await startBench("dgx");
    const user = bmc.users.find(({ roleId }) => roleId === "ReadOnly");
    const login = await new RedfishClient(bmc).post(SESSIONS, { UserName: user?.userName, Password: user?.password });
    assert.equal(login.status, 201);
    assert.equal(login.body.UserName, user?.userName);
    const location = login.headers.location as string;
    const holder = new RedfishClient(bmc, { "x-auth-token": login.headers["x-auth-token"] as string });
    assert.equal((await holder.get(location)).status, 200);
    assert.equal((await holder.call("DELETE", location)).status, 204);
    assert.equal((await holder.get("/redfish/v1/Systems")).status, 401);
  });

  it("time out when nobody uses them, by the SessionTimeout that was set", async () => {
    let now = Date.UTC(2026, 0, 1);
    const { bmc, admin } = await startBench("dell", { now: () => now });
    assert.equal((await admin.patch("/redfish/v1/SessionService", { SessionTimeout: 60 })).status, 200);
    assert.equal((await admin.patch("/redfish/v1/SessionService", { SessionTimeout: 5 })).status, 400);
    const [user] = bmc.users;
    const login = await admin.post(SESSIONS, { UserName: user?.userName, Password: user?.password });
    const holder = new RedfishClient(bmc, { "x-auth-token": login.headers["x-auth-token"] as string });
    now += 50_000;
    assert.equal((await holder.get("/redfish/v1/Systems")).status, 200);
    now += 50_000;
    assert.equal((await holder.get("/redfish/v1/Systems")).status, 200, "use keeps it open");
    now += 61_000;
    assert.equal((await holder.get("/redfish/v1/Systems")).status, 401);
  });

  it("end when their user is switched off, and with the manager's reset", async () => {
    const { bmc, admin } = await startBench("dell");
    const open = async (roleId: string): Promise<RedfishClient> => {
      const user = bmc.users.find((known) => known.roleId === roleId);
      const login = await admin.post(SESSIONS, { UserName: user?.userName, Password: user?.password });
      return new RedfishClient(bmc, { "x-auth-token": login.headers["x-auth-token"] as string });
    };
    const [operator, reader] = [await open("Operator"), await open("ReadOnly")];
    assert.equal((await admin.patch(`${ACCOUNTS}/2`, { Enabled: false })).status, 200);
    assert.equal((await operator.get("/redfish/v1/Systems")).status, 401);
    assert.equal((await reader.get("/redfish/v1/Systems")).status, 200);
    const reset = "/redfish/v1/Managers/iDRAC.Embedded.1/Actions/Manager.Reset";
    assert.equal((await admin.post(reset, { ResetType: "GracefulRestart" })).status, 204);
    assert.equal((await reader.get("/redfish/v1/Systems")).status, 401);
    assert.deepEqual(keysOf(await admin.post(reset, { ResetType: "Nmi" })), ["ActionParameterValueNotInList"]);
  });
});

describe("BMC's users", () => {
  afterEach(clearBenches);
  it("may do what their role assigns", async () => {
    const { bmc, paths } = await startBench("dell");
    const [reader, operator] = [RedfishClient.as(bmc, "ReadOnly"), RedfishClient.as(bmc, "Operator")];
    assert.equal((await reader.get(paths.bios)).status, 200);
    for (const reply of [
      await reader.post(paths.reset, { ResetType: "On" }),
      await reader.patch(paths.settings, { Attributes: { ProcVirtualization: "Disabled" } }),
      await reader.patch(`${ACCOUNTS}/1`, { Password: "Another-1234" }),
      await operator.patch(`${ACCOUNTS}/1`, { Password: "Another-1234" }),
      await operator.post(ACCOUNTS, { UserName: "new", Password: "Another-1234", RoleId: "Administrator" }),
      await operator.patch("/redfish/v1/SessionService", { SessionTimeout: 60 }),
    ]) {
      assert.equal(reply.status, 403);
      assert.deepEqual(keysOf(reply), ["InsufficientPrivilege"]);
    }
    assert.equal((await operator.post(paths.reset, { ResetType: "On" })).status, 204);
  });

  it("change their own password, and nothing else of their account", async () => {
    const { bmc } = await startBench("dell");
    const reader = RedfishClient.as(bmc, "ReadOnly");
    assert.equal((await reader.patch(`${ACCOUNTS}/3`, { RoleId: "Administrator" })).status, 400);
    assert.equal((await reader.patch(`${ACCOUNTS}/3`, { Password: "Another-1234" })).status, 200);
    assert.equal((await reader.get("/redfish/v1/Systems")).status, 401);
    const changed = new RedfishClient(bmc, basic("readonly", "Another-1234"));
    assert.equal((await changed.get("/redfish/v1/Systems")).status, 200);
  });

  it("are made, changed and deleted by an administrator; the last administrator stays", async () => {
    const { bmc, admin } = await startBench("hpe");
    const made = await admin.post(ACCOUNTS, { UserName: "ops", Password: "Secret-1234", RoleId: "Operator" });
    assert.equal(made.status, 201);
    const path = made.headers.location as string;
    const ops = new RedfishClient(bmc, basic("ops", "Secret-1234"));
    assert.equal((await ops.get("/redfish/v1/Systems")).status, 200);
    const twice = await admin.post(ACCOUNTS, { UserName: "ops", Password: "Secret-1234", RoleId: "Operator" });
    assert.deepEqual(keysOf(twice), ["ResourceAlreadyExists"]);
    const short = await admin.post(ACCOUNTS, { UserName: "ops2", Password: "short", RoleId: "Operator" });
    assert.deepEqual(keysOf(short), ["PropertyValueFormatError"]);
    assert.ok(!short.text.includes("short"), "a refused password is not repeated");
    assert.equal((await admin.call("DELETE", path)).status, 204);
    assert.equal((await ops.get("/redfish/v1/Systems")).status, 401);
    assert.equal((await admin.call("DELETE", `${ACCOUNTS}/1`)).status, 400);
    assert.equal((await admin.patch(`${ACCOUNTS}/1`, { RoleId: "ReadOnly" })).status, 400);
  });

  it("change the password first where that is asked of them", async () => {
    const { bmc, admin } = await startBench("dell");
    assert.equal((await admin.patch(`${ACCOUNTS}/2`, { PasswordChangeRequired: true })).status, 200);
    const operator = RedfishClient.as(bmc, "Operator");
    const refused = await operator.get("/redfish/v1/Systems");
    assert.equal(refused.status, 403);
    assert.deepEqual(keysOf(refused), ["PasswordChangeRequired"]);
    assert.equal((await operator.patch(`${ACCOUNTS}/2`, { Password: "Another-1234" })).status, 200);
    const changed = new RedfishClient(bmc, basic("operator", "Another-1234"));
    assert.equal((await changed.get("/redfish/v1/Systems")).status, 200);
  });
});

describe("BMC's protocol", () => {
  afterEach(clearBenches);
  it("answers 404, 405 with Allow, 501, 400, 415 and 412 as the standard says", async () => {
    const { admin, paths } = await startBench("dell");
    const missing = await admin.get("/redfish/v1/Systems/Nobody");
    assert.equal(missing.status, 404);
    assert.deepEqual(keysOf(missing), ["ResourceMissingAtURI"]);
    const method = await admin.call("DELETE", paths.system);
    assert.equal(method.status, 405);
    assert.equal(method.headers.allow, "GET, HEAD, PATCH");
    assert.equal((await admin.get(paths.reset)).headers.allow, "POST");
    assert.equal((await admin.patch(paths.bios, { Attributes: {} })).status, 405);
    assert.equal((await admin.call("PUT", paths.system, { body: {} })).status, 405);
    assert.equal((await admin.call("PROPFIND", paths.system)).status, 501);
    assert.equal((await admin.get(`${paths.system}?$expand=*`)).status, 501);
    assert.equal((await admin.get(`${paths.system}?unknown`)).status, 200);
    assert.deepEqual(keysOf(await admin.call("PATCH", paths.system, { body: "{" })), ["MalformedJSON"]);
    assert.deepEqual(keysOf(await admin.call("PATCH", paths.system, { body: "[]" })), ["UnrecognizedRequestBody"]);
    const xml = await admin.call("PATCH", paths.system, { body: "<a/>", headers: { "content-type": "text/xml" } });
    assert.equal(xml.status, 415);
    assert.equal((await admin.get("/redfish/v1/", { headers: { "odata-version": "4.1" } })).status, 412);
    assert.equal((await admin.call("PATCH", paths.system, { body: `{"a":"${"x".repeat(1_100_000)}"}` })).status, 413);
  });

  it("gives headers that the standard asks for, and none of the body to HEAD", async () => {
    const { admin, paths } = await startBench("dell");
    const { headers, body } = await admin.get(paths.system);
    assert.equal(headers["odata-version"], "4.0");
    assert.equal(headers.etag, body["@odata.etag"]);
    assert.match(String(headers.link), /ComputerSystem\.v1_\d+_\d+\.json>; rel=describedby/);
    const head = await admin.call("HEAD", paths.system);
    assert.equal(head.status, 200);
    assert.equal(head.text, "");
    assert.equal(head.headers.etag, headers.etag);
  });

  it("writes only what the sender has seen: ETag, If-Match, If-None-Match", async () => {
    const { admin, paths } = await startBench("dell");
    const etag = (await admin.get(paths.system)).headers.etag as string;
    assert.equal((await admin.get(paths.system, { headers: { "if-none-match": etag } })).status, 304);
    const boot = (target: string) => ({ Boot: { BootSourceOverrideTarget: target } });
    const written = await admin.patch(paths.system, boot("Pxe"), { "if-match": etag });
    assert.equal(written.status, 200);
    assert.equal(written.headers.etag, (await admin.get(paths.system)).headers.etag);
    const stale = await admin.patch(paths.system, boot("Cd"), { "if-match": etag });
    assert.equal(stale.status, 412);
    assert.equal((await admin.get(paths.system)).body.Boot.BootSourceOverrideTarget, "Pxe");
  });

  it("lets one of several writers with the same ETag win", async () => {
    const { admin } = await startBench("dell");
    const etag = (await admin.get(`${ACCOUNTS}/2`)).headers.etag as string;
    const replies = await Promise.all(
      [1, 2, 3, 4].map(() => admin.patch(`${ACCOUNTS}/2`, { RoleId: "ReadOnly" }, { "if-match": etag })),
    );
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 412, 412, 412]);
  });

  it("refuses properties that cannot be written, and says which", async () => {
    const { admin, paths } = await startBench("dell");
    const unknown = await admin.patch(paths.system, { Colour: "red" });
    assert.equal(unknown.status, 400);
    assert.ok(unknown.text.includes("Colour"));
    const wrong = await admin.patch(paths.system, { Boot: { BootSourceOverrideTarget: "Floppy" } });
    assert.deepEqual(keysOf(wrong), ["PropertyValueNotInList"]);
    assert.deepEqual(keysOf(await admin.patch(paths.system, {})), ["NoOperation"]);
    const mixed = await admin.patch(`${ACCOUNTS}/2`, { RoleId: "ReadOnly", Colour: "red" });
    assert.equal(mixed.status, 200);
    assert.equal(mixed.body.RoleId, "ReadOnly");
    assert.deepEqual(keysOf(mixed), ["Success", "PropertyNotWritable"]);
  });
});
