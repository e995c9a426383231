import { between, oneOf } from "./hostile-draw";
import { put } from "./hostile-places";
import type { Subject } from "./hostile-subject";

const sample = {
  file: "/tmp/x.json",
  size: 4,
  owner: "me",
  mode: "plain",
  labels: { a: "x", "b.c": "y" },
  disks: { "0000:17:00.0": { sizeGiB: 1, bus: "scsi" }, b: { sizeGiB: 2 } },
  limits: { cpu: 1.5, memory: 3 },
  numbers: [1, 2.5, -3],
  password: "hunter22",
  amount: 3,
  restoreOnDelete: true,
};

const NONE = /(?!)/;
// With a connection, a machine may have any name.
const MACHINE = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$/;

/** The resource of the test provider: lists, secrets, unions of several types, maps with any key. */
export const settings: Subject = {
  name: "Settings",
  samples: [
    sample,
    { file: "/a.json", size: 100, host: "x", connection: { guestAgent: { host: "local", domain: "g" } } },
  ],
  objects: ["disks.*", "limits", "connection", "connection.guestAgent"],
  maps: { labels: /^[a-z0-9:.-]+$/, disks: /^[\s\S]*$/ },
  required: ["file", "size", "disks.*.sizeGiB", "limits.cpu", "connection.guestAgent.host"],
  texts: {
    file: /^\/.+\.json$/,
    mode: NONE,
    "disks.*.bus": NONE,
    host: MACHINE,
    "connection.guestAgent.domain": /^[A-Za-z0-9_.+:@-]{1,200}$/,
  },
  integers: { size: [2, 100], "disks.*.sizeGiB": [1, Number.MAX_SAFE_INTEGER] },
  unions: ["amount"],
  nonsense: {
    "more CPUs than there are": (inputs, draw) => {
      const cpu = between(draw, 101, 1e9);
      return { inputs: put({ ...inputs }, ["limits", "cpu"], cpu), at: [["limits", "cpu"]] };
    },
    "an amount of no kind": (inputs, draw) => {
      return { inputs: { ...inputs, amount: oneOf(draw, ["al", 1.5, [1], [[]], ["a", {}]]) }, at: [["amount"]] };
    },
    "numbers that are none": (inputs, draw) => {
      const index = between(draw, 0, 100);
      const numbers: unknown[] = Array(index + 1).fill(1);
      numbers[index] = "1";
      return { inputs: { ...inputs, numbers }, at: [["numbers", index]] };
    },
  },
};
