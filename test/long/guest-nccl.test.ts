import assert from "node:assert/strict";
import type { AnyResource, Stack } from "../engine/support/stack";
import { Container, documentedMounts } from "../guest/support/container";
import { contentsOf } from "../guest/support/contents";
import { DebianGuest } from "../guest/support/debian-guest";
import { DATA, MANAGEMENT } from "../guest/support/interfaces";
import {
  filesSnapshot,
  SITE_FILES,
  TOPOLOGY,
  TOPOLOGY_FILE,
  topologyOf,
  writeSiteFiles,
} from "../guest/support/nccl-files";
import { addRdmaDevices } from "../guest/support/rdma-devices";
import { guestStack } from "../guest/support/tuning-stack";
import { withFullDisk, withReadOnly } from "../guest/support/unwritable";
import { plannedChanges } from "../lab/support/lab-stack";

const [FIRST, SECOND, THIRD] = DATA;
const NAME = "nccl";

/** What the guest's files are to be, in full: what the site has written stays as it is, where it is. */
const NCCL_CONF = `# Of the site.
NCCL_DEBUG=WARN
NCCL_BUFFSIZE=67108864

#NCCL_IB_HCA=mlx5_0
NCCL_IB_DISABLE=0
NCCL_IB_HCA==rxe1:1,rxe2:1,rxe0:1
NCCL_IB_PCI_RELAXED_ORDERING=1
NCCL_IGNORE_CPU_AFFINITY=1
NCCL_SOCKET_IFNAME==${MANAGEMENT.name}
NCCL_CHECKS_DISABLE=1`;
/** pam_env takes the blanks before the comment for part of the value: so that line stays, and the last one counts. */
const ENVIRONMENT = `# Of the site.
MY_SITE="old" # until it moves
LANG=C.UTF-8
MY_RACK=r7
MY_SITE=x
`;
const OWN_VARIABLES = { MY_SITE: "x", MY_RACK: "r7" };

describe("NcclRuntime on a Debian guest", () => {
  let guest: DebianGuest;
  let stack: Stack;
  let untouched: string[];

  before(async () => {
    guest = await DebianGuest.start({ owner: "networkd", name: "nccl" });
    await writeSiteFiles(guest);
    await addRdmaDevices(guest);
    stack = await guestStack(guest);
    untouched = await filesSnapshot(guest);
    wants();
  });

  after(async () => {
    await stack?.discard();
    guest?.stop();
  });

  /** A program of one NcclRuntime, whose rails are not in bus order. */
  function wants(args: object = {}): void {
    const rails = [THIRD, FIRST, SECOND].map(({ pciAddress }) => pciAddress);
    const all = { host: guest.bySsh, topology: TOPOLOGY, rails, environment: OWN_VARIABLES, ...args };
    stack.resources({ [NAME]: { type: "gpudirect:index:NcclRuntime", args: all } satisfies AnyResource });
  }

  const planned = async (): Promise<string[]> => (await plannedChanges(stack))[NAME] ?? [];
  const contents = (...paths: string[]): Promise<string[]> => contentsOf(paths, (command) => guest.run(command));

  /** The text of an update that has to fail, and leave all files as they are. */
  async function refusal(): Promise<string> {
    const before = await filesSnapshot(guest);
    const { code, text } = await stack.up();
    assert.notEqual(code, 0, text);
    assert.deepEqual(await filesSnapshot(guest), before);
    return text;
  }

  it("a preview writes nothing", async () => {
    assert.deepEqual(await planned(), ["create"]);
    assert.deepEqual(await filesSnapshot(guest), untouched);
  });

  it("a topology file of another guest is refused with each device that is not there, and nothing is written", async () => {
    const elsewhere = { pciAddress: "0000:0a:00.0", pciClass: "0x020000" };
    const anotherClass = { pciAddress: SECOND.pciAddress, pciClass: "0x030200" };
    wants({ topology: topologyOf([FIRST, elsewhere, anotherClass]) });
    const text = await refusal();
    assert.match(
      text,
      /topology: the topology file has a NIC at 0000:0a:00\.0, but the guest has no PCI function there/,
    );
    assert.match(text, /topology: the topology file has a GPU at 0000:03:00\.0, but the guest has a NIC there/);
    assert.doesNotMatch(text, /at 0000:02:00\.0/);
    wants();
  });

  it("a full disk is told, and nothing is half set", async () => {
    const { code, text } = await withFullDisk(guest, () => stack.up());
    assert.notEqual(code, 0, text);
    assert.match(text, /No space left on device/);
    assert.deepEqual(await filesSnapshot(guest), untouched);
  });

  it("an update puts the topology file at NCCL's place, and variables where they are read, beside those of the site", async () => {
    await stack.mustUp();
    const found = await contents(TOPOLOGY_FILE, "/etc/nccl.conf", "/etc/environment");
    assert.deepEqual(found, [TOPOLOGY, NCCL_CONF, ENVIRONMENT]);
    const others = await guest.run("stat -c %a /etc/nccl.conf && ip -o route show default");
    assert.match(others, new RegExp(`^640\ndefault .* dev ${MANAGEMENT.name} `));
  });

  it("a login sees the variables that are not NCCL's, whatever its shell does", async () => {
    // The shell's environment as sshd has made it at the login.
    guest.logOut();
    const seen = (await guest.run("tr '\\0' '\\n' < /proc/$$/environ")).split("\n");
    for (const line of ["MY_SITE=x", "MY_RACK=r7", "LANG=C.UTF-8"]) assert.ok(seen.includes(line), seen.join("\n"));
  });

  it("then nothing is left to change", async () => {
    await stack.mustBeSettled();
  });

  it("drift of each file shows by its own path, and all of it is mended", async () => {
    const harm = [
      `sed -i s/32.0/16.0/ ${TOPOLOGY_FILE}`,
      "sed -i s/rxe1:1,rxe2:1/rxe2:1,rxe1:1/ /etc/nccl.conf",
      "sed -i /MY_RACK/d /etc/environment",
      "echo '# changed' >> /etc/tmpfiles.d/gpudirect-nccl.conf",
    ];
    await guest.run(harm.join("\n"));
    const paths = ["environment.MY_RACK", "environment.NCCL_IB_HCA", "persistent", "topology"];
    assert.deepEqual((await planned()).map((one) => one.split(" ")[1]).sort(), paths);
    await stack.mustUp();
    await guest.run("sha256sum --quiet -c /var/lib/gpudirect/nccl-runtime.sha256");
    const [topology, conf, environment = ""] = await contents(TOPOLOGY_FILE, "/etc/nccl.conf", "/etc/environment");
    assert.deepEqual([topology, conf], [TOPOLOGY, NCCL_CONF]);
    assert.match(environment, /^MY_RACK=r7$/m);
  });

  it("a GID index that does not fit each device is refused with the list of those that do", async () => {
    // One device has a second IPv4 address, so a GID that the others do not have.
    await guest.run(`ip address add 192.168.101.11/24 dev ${FIRST.name}`);
    wants({ environment: { ...OWN_VARIABLES, NCCL_IB_GID_INDEX: "2" } });
    const text = await refusal();
    const line = /environment\.NCCL_IB_GID_INDEX: (.*)/.exec(text)?.[1] ?? text;
    assert.match(line, /rxe0 has no GID 2; rxe1 has no GID 2\. Of the devices in use, 1, 0 fit all/);
    assert.match(
      line,
      /rxe2: 0 \(\S+ of enp2s0\), 1 \(192\.168\.101\.10 of enp2s0\), 2 \(192\.168\.101\.11 of enp2s0\)/,
    );
    await guest.run(`ip address del 192.168.101.11/24 dev ${FIRST.name}`);
  });

  it("a container with the documented mounts sees the files, and those of an update as documented", async () => {
    const asFile = `${TOPOLOGY_FILE}:/etc/as-file.xml`;
    const container = await Container.start(guest, "old", [...documentedMounts(), asFile]);
    assert.deepEqual(await container.contents(TOPOLOGY_FILE, "/etc/nccl.conf"), [TOPOLOGY, NCCL_CONF]);

    const updated = topologyOf(DATA, 8);
    wants({ topology: updated, environment: { ...OWN_VARIABLES, NCCL_IB_GID_INDEX: "1" } });
    await stack.mustUp();
    // Mounts of files show what was there when the container began.
    const seen = await container.contents(TOPOLOGY_FILE, "/etc/as-file.xml", "/etc/nccl.conf");
    assert.deepEqual(seen, [updated, TOPOLOGY, NCCL_CONF]);
    await container.stop();

    const anew = await Container.start(guest, "new", documentedMounts());
    const [conf = ""] = await anew.contents("/etc/nccl.conf");
    assert.match(conf, /^NCCL_IB_GID_INDEX=1$/m);
    await anew.stop();
  });

  it("a variable that is taken out of the program goes from the file", async () => {
    wants();
    assert.deepEqual(await planned(), ["delete environment.NCCL_IB_GID_INDEX", "update topology"]);
    await stack.mustUp();
    assert.deepEqual(await contents("/etc/nccl.conf"), [NCCL_CONF]);
  });

  it("a read-only /etc is told, and nothing is half set", async () => {
    wants({ topology: topologyOf(DATA, 4), environment: { MY_SITE: "y" } });
    const text = await withReadOnly(guest, "/etc", refusal);
    assert.match(text, /cannot be written: make room, or make it writable, and update again; nothing was changed/);
    assert.match(text, /Read-only file system/);
    wants();
  });

  it("a reboot makes the topology file again before anybody can log in", async () => {
    await guest.reboot();
    assert.deepEqual(await contents(TOPOLOGY_FILE), [TOPOLOGY]);
    // sshd writes its file when it begins to listen; both are of this boot.
    const [made, listening] = (await guest.run(`stat -L -c %.9Z ${TOPOLOGY_FILE} /run/sshd.pid`)).trim().split("\n");
    assert.ok(Number(made) < Number(listening), `made at ${made}, sshd listens at ${listening}`);
    await addRdmaDevices(guest);
    await stack.mustBeSettled();
  });

  it("a destroy gives back every file as it was", async () => {
    assert.equal((await stack.destroy()).code, 0, stack.said);
    assert.deepEqual(await contents(...Object.keys(SITE_FILES)), Object.values(SITE_FILES));
    assert.deepEqual(await filesSnapshot(guest), untouched);
  });
});
