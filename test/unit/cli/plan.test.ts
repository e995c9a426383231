import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkGuest } from "../../support/guest-checker";
import { checkNcclFile } from "../../support/nccl-laws";
import { gpudirect, H100, NCCL_HOST } from "./cli";

const NCCL_XML = `<system version="1"><cpu numaid="0" affinity="0000000f"><pci busid="0000:01:00.0" class="0x060400"><pci busid="0000:02:00.0" class="0x030200"/><pci busid="0000:03:00.0" class="0x020000"/></pci></cpu></system>`;

describe("gpudirect plan", function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-cli-"));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  after(() => rmSync(folder, { recursive: true }));

  it("prints the domain's XML alone, and nothing else where nothing is missing", async () => {
    const { code, stdout, stderr } = await gpudirect([
      "plan",
      H100,
      "--gpus",
      "2",
      "--name",
      "two",
      "--memory",
      "16",
      "--cpus",
      "8",
    ]);
    assert.deepEqual([code, stderr], [0, ""]);
    const guest = checkGuest(stdout);
    assert.deepEqual(guest.problems, []);
    assert.equal(guest.devices.size, 4);
    assert.match(
      stdout,
      /^<domain type="kvm"[\s\S]*<name>two<\/name>[\s\S]*<vcpu placement="static">8<[\s\S]*<\/domain>\n$/,
    );
  });

  it("tells defaults and what was not checked on standard error", async () => {
    const { code, stdout, stderr } = await gpudirect(["plan", NCCL_HOST, "--nics", "all"]);
    assert.equal(code, 0);
    assert.match(stdout, /^<domain/);
    assert.match(stderr, /^default: memory of the cell for NUMA node 0: 4 GiB/m);
    assert.match(stderr, /^not checked: boot disk, SSH route and BMC NIC/m);
    assert.ok(
      stderr
        .trim()
        .split("\n")
        .every((line) => /^(default|warning|not checked): /.test(line)),
      stderr,
    );
  });

  it("takes an NCCL topology XML, addresses, and prints JSON that parses", async () => {
    const host = file("nccl.xml", NCCL_XML);
    const { code, stdout } = await gpudirect(["plan", host, "--gpus", "0000:02:00.0", "--out", "json"]);
    assert.equal(code, 0);
    const plan = JSON.parse(stdout);
    assert.deepEqual(Object.keys(plan.domain.devices), ["0000:02:00.0", "0000:03:00.0"]);
    assert.deepEqual(Object.keys(plan.guestAddresses), ["0000:02:00.0", "0000:03:00.0"]);
    assert.deepEqual(plan.rails, [plan.guestAddresses["0000:03:00.0"]]);
    assert.deepEqual(checkNcclFile(plan.ncclTopology).problems, []);
  });

  it("rehearses, and names what a rehearsal leaves out", async () => {
    const { code, stdout, stderr } = await gpudirect(["plan", H100, "--rehearse"]);
    assert.equal(code, 0);
    assert.doesNotMatch(stdout, /hostdev/);
    assert.match(stderr, /^left out of the rehearsal: CPU pins/m);
  });

  const golden = (name: string, text: string) => {
    const path = join(__dirname, name);
    if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
    assert.equal(text, readFileSync(path, "utf8"));
  };

  it("prints NCCL's topology file alone, plan-nccl.golden.xml (UPDATE_GOLDEN=1 rewrites it)", async () => {
    const { code, stdout, stderr } = await gpudirect(["plan", H100, "--gpus", "2", "--out", "nccl-xml"]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(checkNcclFile(stdout).problems, []);
    golden("plan-nccl.golden.xml", stdout);
    assert.equal(stderr, "paths GPU-NIC: PIX 4\n");
  });

  it("sums up the paths that the topology file gives", async () => {
    const { stdout, stderr } = await gpudirect(["plan", H100, "--out", "nccl-xml"]);
    const { gpus, nics, pathClass } = checkNcclFile(stdout);
    const classes = gpus.flatMap((gpu) => nics.map((nic) => pathClass(gpu, nic)));
    const counted = ["PIX", "PXB", "PHB", "SYS"].map(
      (one) => [one, classes.filter((of) => of === one).length] as const,
    );
    const found = counted.filter(([, count]) => count > 0).map(([one, count]) => `${one} ${count}`);
    assert.ok(found.length > 1, stderr);
    assert.equal(/^paths GPU-NIC: (.*)$/m.exec(stderr)?.[1], found.join(", "));

    const none = await gpudirect(["plan", H100, "--gpus", "2", "--nics", "0", "--out", "nccl-xml"]);
    assert.doesNotMatch(none.stderr, /paths/);
  });

  it("prints NCCL's variables alone, plan-nccl.golden.conf, and tells what it took for granted", async () => {
    const { code, stdout, stderr } = await gpudirect(["plan", H100, "--out", "nccl-env"]);
    assert.equal(code, 0, stderr);
    golden("plan-nccl.golden.conf", stdout);
    assert.match(stderr, /^default: NCCL_IB_HCA: the kernel's default names, .* NcclRuntime reads the real ones/m);
    assert.match(stderr, /^default: NCCL_IB_HCA: .* other names .* would turn RDMA off/m);
    assert.match(stderr, /^default: NCCL_SOCKET_IFNAME: left out/m);
  });

  it("leaves NCCL_IB_HCA out where the NICs are not NVIDIA's, and says so", async () => {
    const host = file(
      "efa.xml",
      NCCL_XML.replace('class="0x020000"', 'class="0x020000" vendor="0x1d0f" device="0xefa1"'),
    );
    const { code, stdout, stderr } = await gpudirect(["plan", host, "--out", "nccl-env"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^CUDA_VISIBLE_DEVICES=0\n/);
    assert.doesNotMatch(stdout, /NCCL_IB_HCA/);
    assert.match(stderr, /^default: NCCL_IB_HCA: left out, because 0000:03:00\.0 are no NVIDIA NICs/m);
  });

  const refused: [what: string, args: string[], lines: RegExp[]][] = [
    [
      "every bad option at once",
      ["H", "--out", "svg", "--cpus", "0", "--memory", "lots", "--name", "a/b", "--gpus", "some", "more"],
      [
        /HOST: is one file, but 2/,
        /--out: must be domain-xml or nccl-xml or nccl-env or json/,
        /--name: /,
        /--gpus/,
        /--cpus: /,
        /--memory: /,
      ],
    ],
    ["an unknown option", [H100, "--cpu", "4"], [/--cpu/]],
    ["an option without its value", [H100, "--gpus"], [/--gpus/]],
    ["no file", [], [/HOST: is missing/]],
    ["a file that is not there", [join(folder, "none.json")], [/HOST: .*none\.json: there is no such file/]],
    ["a folder", [folder], [/HOST: .*give a readable file/]],
    [
      "every bad device at once",
      [H100, "--gpus", "0000:77:00.0,0000:19:00.0", "--nics", "0000:02:00.0"],
      [/gpus\[0\]: 0000:77/, /gpus\[1\]: 0000:19:00\.0 is a NIC/, /0000:02:00\.0 cannot be passed through/],
    ],
    ["a file that is neither", [file("x.json", "hello")], [/begins with "h"/]],
    ["a truncated XML", [file("cut.xml", NCCL_XML.slice(0, 90))], [/broken or truncated/]],
    ["an XML with entities", [file("bomb.xml", `<!DOCTYPE a [<!ENTITY b "c">]>${NCCL_XML}`)], [/DOCTYPE or entities/]],
    ["a host file of another version", [file("v2.json", '{"format":"gpudirect-host","version":2}')], [/version: is 2/]],
  ];
  for (const [what, args, lines] of refused) {
    it(`refuses ${what} with exit code 2, without a stack trace`, async () => {
      const { code, stdout, stderr } = await gpudirect(["plan", ...args]);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      for (const line of lines) assert.match(stderr, line);
      assert.doesNotMatch(stderr, /^\s+at |\.ts:\d/m);
      assert.ok(
        stderr
          .trim()
          .split("\n")
          .every((line) => line.startsWith("gpudirect: ")),
        stderr,
      );
    });
  }
});

describe("gpudirect", function () {
  this.timeout(30_000);
  it("prints its usage, and refuses an unknown command", async () => {
    const [help, none, unknown] = await Promise.all([gpudirect(["--help"]), gpudirect([]), gpudirect(["toString"])]);
    assert.deepEqual([help.code, none.code, unknown.code], [0, 2, 2]);
    assert.match(help.stdout, /gpudirect discover[\s\S]*gpudirect plan HOST/);
    assert.match(unknown.stderr, /^gpudirect: toString: is no command; use discover or plan\n$/);
  });

  it("plan --help prints the options", async () => {
    const { code, stdout } = await gpudirect(["plan", "--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /--gpus all\|N\|ADDR/);
  });
});
