import assert from "node:assert/strict";
import { checkGuest } from "../../support/guest-checker";

type Attributes = Record<string, string | number>;
const address = ({ bus, slot = 0, fn = 0, multi = "" }: { bus: number; slot?: number; fn?: number; multi?: string }) =>
  `<address type='pci' domain='0x0000' bus='0x${bus.toString(16)}' slot='0x${slot.toString(16)}' function='0x${fn}'${multi}/>`;
const controller = (index: number, model: string, target: Attributes, place?: string, node?: number) =>
  `<controller type='pci' index='${index}' model='${model}'><target ${Object.entries(target)
    .map(([k, v]) => `${k}='${v}'`)
    .join(" ")}>${node === undefined ? "" : `<node>${node}</node>`}</target>${place ?? ""}</controller>`;
const pxb = (index: number, busNr: number, slot: number, node: number) =>
  controller(index, "pcie-expander-bus", { busNr }, address({ bus: 0, slot }), node);
const rootPort = (index: number, bus: number, slot = 0) =>
  controller(index, "pcie-root-port", { chassis: index, port: "0x0" }, address({ bus, slot }));
const upstream = (index: number, bus: number) => controller(index, "pcie-switch-upstream-port", {}, address({ bus }));
const downstream = (index: number, bus: number, slot: number) =>
  controller(index, "pcie-switch-downstream-port", { chassis: index, port: slot }, address({ bus, slot }));
const hostdev = (bus: string, on: string) =>
  `<hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x${bus}' slot='0x00' function='0x0'/></source>${on}</hostdev>`;
const standIn = (alias: string, on: string) =>
  `<interface type='user'><model type='e1000e'/><alias name='${alias}'/>${on}</interface>`;

/** Two cells; a pxb each: cell 0 with a switch of a GPU, a NIC and a nested switch, and a lone device; cell 1 with one. */
const parts = (): string[] => [
  controller(0, "pcie-root", {}),
  pxb(1, 32, 6, 0),
  rootPort(2, 1),
  upstream(3, 2),
  downstream(4, 3, 0),
  downstream(5, 3, 1),
  downstream(6, 3, 2),
  upstream(7, 6),
  downstream(8, 7, 0),
  rootPort(9, 1, 1),
  pxb(10, 128, 7, 1),
  rootPort(11, 10),
  rootPort(12, 0, 1),
  hostdev("17", address({ bus: 4 })),
  hostdev("18", address({ bus: 5 })),
  standIn("ua-0001-19-00-3", address({ bus: 8 })),
  standIn("ua-10000-1a-00-0", address({ bus: 9 })),
  hostdev("97", address({ bus: 11 })),
  `<disk type='file' device='disk'>${address({ bus: 12 })}</disk>`,
];
const domain = (devices: string[]) =>
  `<domain type='kvm'><cpu><numa><cell id='0' cpus='0'/><cell id='1' cpus='1'/></numa></cpu><devices>${devices.join("")}</devices></domain>`;
const changed = (from: string, to: string) => {
  const all = parts();
  const at = all.indexOf(from);
  assert.ok(at >= 0, `the domain has no ${from}`);
  all[at] = to;
  return checkGuest(domain(all)).problems.join("\n");
};

describe("the checker of guests", () => {
  it("finds nothing wrong with a sound domain, and counts buses as firmware does", () => {
    const check = checkGuest(domain(parts()));
    assert.deepEqual(check.problems, []);
    assert.deepEqual(Object.fromEntries(check.devices), {
      "0000:17:00.0": "0000:23:00.0",
      "0000:18:00.0": "0000:24:00.0",
      "0001:19:00.3": "0000:27:00.0",
      "10000:1a:00.0": "0000:28:00.0",
      "0000:97:00.0": "0000:81:00.0",
    });
    assert.deepEqual([check.numaCell("0000:17:00.0"), check.numaCell("0000:97:00.0")], [0, 1]);
    const classes = [
      ["0000:17:00.0", "0000:17:00.0"],
      ["0000:17:00.0", "0000:18:00.0"],
      ["0000:17:00.0", "0001:19:00.3"],
      ["0000:17:00.0", "10000:1a:00.0"],
      ["0000:17:00.0", "0000:97:00.0"],
    ];
    assert.deepEqual(
      classes.map(([a = "", b = ""]) => check.pathClass(a, b)),
      ["LOC", "PIX", "PXB", "PHB", "SYS"],
    );
    assert.throws(() => check.pathClass("0000:17:00.0", "0000:99:00.0"));
  });

  const wrong: [what: string, from: string, to: string, problem: RegExp][] = [
    ["a bus number of 0", pxb(1, 32, 6, 0), pxb(1, 0, 6, 0), /busNr 0 is outside 1-254/],
    ["a bus number of 255", pxb(1, 32, 6, 0), pxb(1, 255, 6, 0), /busNr 255 is outside/],
    ["buses past 255", pxb(10, 128, 7, 1), pxb(10, 254, 7, 1) + rootPort(13, 10, 1), /reach 256, past 255/],
    ["overlapping expander buses", pxb(10, 128, 7, 1), pxb(10, 40, 7, 1), /overlaps expander bus 10/],
    ["an expander bus among the buses of pcie.0", pxb(1, 32, 6, 0), pxb(1, 1, 6, 0), /pcie\.0 .* overlaps/],
    [
      "a chassis twice",
      rootPort(9, 1, 1),
      rootPort(9, 1, 1).replace("chassis='9'", "chassis='4'"),
      /chassis 4 is that of controller 4/,
    ],
    [
      "a chassis of 256",
      rootPort(9, 1, 1),
      rootPort(9, 1, 1).replace("chassis='9'", "chassis='256'"),
      /chassis 256 is outside/,
    ],
    ["no chassis", rootPort(9, 1, 1), rootPort(9, 1, 1).replace("chassis='9'", ""), /chassis undefined/],
    ["a place twice", rootPort(9, 1, 1), rootPort(9, 1, 0), /1\/0\.0 is taken by/],
    ["an upstream port on an expander bus", upstream(3, 2), upstream(3, 1), /must not sit on a pcie-expander-bus/],
    ["an upstream port on another", upstream(7, 6), upstream(7, 3), /must not sit on a pcie-switch-upstream-port/],
    ["a downstream port on a root port", downstream(4, 3, 0), downstream(4, 2, 0), /must not sit on a pcie-root-port/],
    [
      "a device on an expander bus",
      hostdev("97", address({ bus: 11 })),
      hostdev("97", address({ bus: 10, slot: 3 })),
      /0000:97.*directly on a pcie-expander-bus/,
    ],
    [
      "a device under an upstream port",
      hostdev("17", address({ bus: 4 })),
      hostdev("17", address({ bus: 3, slot: 9 })),
      /0000:17.*directly on a pcie-switch-upstream-port/,
    ],
    [
      "a device in slot 1 behind a port",
      hostdev("17", address({ bus: 4 })),
      hostdev("17", address({ bus: 4, slot: 1 })),
      /slot 1 behind a pcie-switch-downstream-port/,
    ],
    [
      "a function without function 0",
      hostdev("17", address({ bus: 4 })),
      hostdev("17", address({ bus: 4, fn: 1 })),
      /function 1 without a function 0/,
    ],
    [
      "a function 0 that is not multifunction",
      hostdev("17", address({ bus: 4 })),
      hostdev("17", address({ bus: 4 })) + hostdev("20", address({ bus: 4, fn: 1 })),
      /not multifunction/,
    ],
    ["slot 0 of pcie.0", rootPort(12, 0, 1), rootPort(12, 0, 0), /host bridge/],
    ["a gap in the indices", rootPort(9, 1, 1), rootPort(19, 1, 1), /no PCI controller 9/],
    ["an index twice", rootPort(9, 1, 1), rootPort(8, 1, 1), /the index is there twice/],
    ["an index over 255", rootPort(9, 1, 1), rootPort(256, 1, 1), /outside 0-255/],
    [
      "a device twice",
      hostdev("18", address({ bus: 5 })),
      hostdev("17", address({ bus: 5 })),
      /0000:17:00\.0: is there twice/,
    ],
    ["a cell that does not exist", pxb(10, 128, 7, 1), pxb(10, 128, 7, 2), /no guest cell 2/],
    [
      "a device on a bus that does not exist",
      hostdev("17", address({ bus: 4 })),
      hostdev("17", address({ bus: 77 })),
      /no PCI controller 77/,
    ],
    [
      "a device without a guest address",
      hostdev("17", address({ bus: 4 })),
      hostdev("17", ""),
      /0000:17:00\.0: has no guest PCI address/,
    ],
    [
      "a controller without an address",
      rootPort(9, 1, 1),
      controller(9, "pcie-root-port", { chassis: 9 }),
      /has no address/,
    ],
    ["a controller below itself", upstream(3, 2), upstream(3, 4), /sits below itself/],
  ];
  for (const [what, from, to, problem] of wrong) {
    it(`finds ${what}`, () => assert.match(changed(from, to), problem));
  }

  it("takes functions of one slot where function 0 is multifunction", () => {
    const first = hostdev("17", address({ bus: 4, multi: " multifunction='on'" }));
    assert.equal(changed(hostdev("17", address({ bus: 4 })), first + hostdev("20", address({ bus: 4, fn: 1 }))), "");
  });
});
