import assert from "node:assert/strict";
import { Refusal } from "../../../core/problems";
import { readNcclXml } from "../../../core/topology/nccl-xml";
import { readHost } from "../../../core/topology/read-host";

const gpu = (busid: string, more = "") => `<pci busid="${busid}" class="0x030200" ${more}/>`;
const bridge = (busid: string, below: string, more = "") =>
  `<pci busid="${busid}" class="0x060400" ${more}>${below}</pci>`;
const system = (below: string, cpu = 'numaid="0" affinity="0000000f"') =>
  `<system version="1"><cpu ${cpu}>${below}</cpu></system>`;

function refused(xml: string): { path: string; message: string }[] {
  try {
    readHost(xml, "a test");
  } catch (error) {
    assert.ok(error instanceof Refusal, `${(error as Error).stack} is no Refusal`);
    for (const { message } of error.problems) assert.ok(message.length < 400 && !message.includes("    at "), message);
    return [...error.problems];
  }
  return assert.fail("was read, but should have been refused");
}

describe("NCCL topology files", () => {
  it("become nodes, root complexes and switches, with what they say and nothing else", () => {
    const ids = 'vendor="0x10DE" device="0x2330" subsystem_vendor="0xffff" subsystem_device="0x0000"';
    const xml = `<!-- <!DOCTYPE comment> -->${system(
      `${bridge("0000:0A:00.0", `${gpu("0000:0B:00.0", `${ids} link_speed="32 GT/s" link_width="16"`)}${bridge("0000:0c:00.0", gpu("0001:00:00.0"))}`, 'link_speed="2.5 GT/s" link_width="1"')}` +
        `<pci busid="0000:1a:00.0" class="0x020000" link_speed="Unknown" link_width="0"><nic><net name="mlx5_0"/></nic></pci>`,
      'numaid="1" affinity="0001,80000001"',
    )}`;
    assert.deepEqual(readNcclXml(xml, "a test"), {
      format: "gpudirect-host",
      version: 1,
      source: "a test",
      numaNodes: [{ id: 1, cpus: "0,31-32" }],
      pciRoots: [
        {
          address: "0000:0a",
          numaNode: 1,
          devices: [
            {
              address: "0000:0a:00.0",
              class: "060400",
              port: "upstream-port",
              maxLinkSpeed: "2.5 GT/s PCIe",
              maxLinkWidth: 1,
              children: [
                {
                  address: "0000:0b:00.0",
                  class: "030200",
                  vendor: "10de",
                  device: "2330",
                  maxLinkSpeed: "32.0 GT/s PCIe",
                  maxLinkWidth: 16,
                },
                {
                  address: "0000:0c:00.0",
                  class: "060400",
                  port: "upstream-port",
                  children: [{ address: "0001:00:00.0", class: "030200" }],
                },
              ],
            },
          ],
        },
        { address: "0000:1a", numaNode: 1, devices: [{ address: "0000:1a:00.0", class: "020000" }] },
      ],
    });
  });

  it("give root complexes that share domain and bus addresses of their own, whatever the order", () => {
    const roots = (...ids: string[]) =>
      readNcclXml(system(ids.map((id) => gpu(id)).join("")), "x").pciRoots.map((root) => root.address);
    assert.deepEqual(roots("ffff:ff:01.0", "0000:10:00.0", "ffff:ff:1f.7"), ["08ffff:ff", "0000:10", "ffffff:ff"]);
    assert.deepEqual(roots("ffff:ff:1f.7", "ffff:ff:01.0", "0000:10:00.0"), ["ffffff:ff", "08ffff:ff", "0000:10"]);
  });

  it("of machines without NUMA are node 0, and nodes come in order", () => {
    assert.deepEqual(readNcclXml(system(gpu("0000:01:00.0"), 'numaid="-1" affinity=""'), "x").numaNodes, [
      { id: 0, cpus: "" },
    ]);
    const two = `<system><cpu numaid="3" affinity="c">${gpu("0000:01:00.0")}</cpu><cpu numaid="1" affinity="3">${gpu("0000:02:00.0")}</cpu></system>`;
    assert.deepEqual(
      readNcclXml(two, "x").numaNodes.map(({ id }) => id),
      [1, 3],
    );
  });
});

describe("an NCCL topology file is refused", () => {
  const cases: [what: string, xml: string, path: string, message: RegExp][] = [
    ["with another root element", "<topology><x/></topology>", "", /root element is <topology>.*<system>/],
    ["that is HTML", "<html><body>404</body></html>", "", /root element is <html>/],
    ["with a DOCTYPE", `<!DOCTYPE system [<!ENTITY a "b">]>${system(gpu("0000:01:00.0"))}`, "", /DOCTYPE or entities/],
    [
      "with an entity bomb",
      `<!DOCTYPE l [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><system>&b;</system>`,
      "",
      /DOCTYPE or entities/,
    ],
    ["truncated in a tag", `<system version="1">\n<cpu numaid="0" affi`, "", /broken or truncated at line 2/],
    [
      "truncated between tags",
      '<system version="1">\n<cpu numaid="0" affinity="1">\n',
      "",
      /broken or truncated at line/,
    ],
    [
      "with a tag that another one closes",
      '<system>\n<cpu numaid="0">\n</pci></system>',
      "",
      /broken or truncated at line 3/,
    ],
    ["of another version", `<system version="2"><cpu numaid="0"/></system>`, "system.version", /version 1/],
    ["without CPUs", '<system version="1"/>', "system", /no <cpu>/],
    ["without devices", '<system version="1"><cpu numaid="0" affinity="1"/></system>', "system.cpu", /no <pci>/],
    [
      "without a NUMA node",
      `<system><cpu affinity="1">${gpu("0000:01:00.0")}</cpu></system>`,
      "system.cpu[0].numaid",
      /missing/,
    ],
    [
      "with a CPU mask of other text",
      system(gpu("0000:01:00.0"), 'numaid="0" affinity="0-3"'),
      "system.cpu[0].affinity",
      /no CPU mask/,
    ],
    ["with an address of other text", system(gpu("GPU-1")), "system.cpu[0].pci[0].busid", /"gpu-1" is no PCI address/],
    ["without an address", system('<pci class="0x030200"/>'), "system.cpu[0].pci[0].busid", /missing/],
    ["without a class", system('<pci busid="0000:01:00.0"/>'), "system.cpu[0].pci[0].class", /missing/],
    [
      "with a link speed of other text",
      system(gpu("0000:01:00.0", 'link_speed="fast"')),
      "system.cpu[0].pci[0].link_speed",
      /"fast" is no link speed/,
    ],
    [
      "with a link of 99 lanes",
      system(gpu("0000:01:00.0", 'link_width="99"')),
      "system.cpu[0].pci[0].link_width",
      /1-32 lanes/,
    ],
    [
      "with devices below a GPU",
      system('<pci busid="0000:01:00.0" class="0x030200"><pci busid="0000:02:00.0" class="0x020000"/></pci>'),
      "system.cpu[0].pci[0].class",
      /no PCI bridge/,
    ],
  ];
  for (const [what, xml, path, message] of cases) {
    it(what, () => {
      const [problem] = refused(xml);
      assert.equal(problem?.path, path);
      assert.match(problem?.message ?? "", message);
    });
  }

  it("with an address twice, naming it", () => {
    const found = refused(system(bridge("0000:01:00.0", gpu("0000:02:00.0") + gpu("0000:02:00.0"))));
    assert.match(found[0]?.message ?? "", /0000:02:00\.0 is already the address of/);
  });

  it("with a NUMA node twice", () => {
    const cpu = (id: string, mask: string) => `<cpu numaid="0" affinity="${mask}">${gpu(id)}</cpu>`;
    assert.match(
      refused(`<system>${cpu("0000:01:00.0", "1")}${cpu("0000:02:00.0", "2")}</system>`)[0]?.message ?? "",
      /NUMA node 0 is there twice/,
    );
  });

  it("with all its problems at once", () => {
    const paths = refused(`<system><cpu numaid="x">${gpu("a")}${gpu("b")}</cpu><cpu/></system>`).map(
      ({ path }) => path,
    );
    assert.deepEqual(paths, [
      "system.cpu[0].numaid",
      "system.cpu[0].pci[0].busid",
      "system.cpu[0].pci[1].busid",
      "system.cpu[1].numaid",
    ]);
  });

  it("when it is 100 MB long", () => {
    assert.match(refused(`<system>${" ".repeat(100_000_000)}</system>`)[0]?.message ?? "", /96 MiB.*16 MiB/);
  });

  // mocha's limit is what a reader that looks at its text more than a few times would run into: 16 MB squared take hours.
  it("when it is as long as is read but nonsense", () => {
    assert.match(refused(system('<pci busid="x"/>'.repeat(900_000)))[0]?.message ?? "", /more than 20000 elements/);
    assert.match(refused(`<system>${"<".repeat(16_000_000)}`)[0]?.message ?? "", /broken or truncated/);
    assert.match(refused(`<system a="${"x".repeat(16_000_000)}`)[0]?.message ?? "", /broken or truncated/);
  }).timeout(300_000);

  it("with a list of problems that ends, however many there are", () => {
    assert.equal(refused(system('<pci busid="x"/>'.repeat(5000))).length, 201);
  });

  it("when it is nested absurdly deep", () => {
    const open = (depth: number) => '<pci busid="0000:00:00.0" class="0x060400">'.repeat(depth);
    assert.match(refused(system(`${open(65)}${"</pci>".repeat(65)}`))[0]?.message ?? "", /nested deeper than 64/);
    assert.match(
      refused(system(`${open(200_000)}${"</pci>".repeat(200_000)}`))[0]?.message ?? "",
      /nested deeper than 64/,
    );
    assert.match(refused(open(200_000))[0]?.message ?? "", /root element/);
  }).timeout(30_000);

  it("with prototype names for elements and attributes", () => {
    refused('<system><__proto__ a="1"/><constructor/></system>');
    refused('<system __proto__="1"><cpu numaid="0" toString="x"/></system>');
  });
});
