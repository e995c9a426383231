import assert from "node:assert/strict";
import type { DomainDocument } from "../../../core/domain/document";
import { domainDocument } from "../../../core/domain/document";
import {
  inNames,
  inOwnWords,
  type Reference,
  type Resolved,
  referenceKey,
  referencesIn,
} from "../../../core/domain/references";
import { parseLookUp } from "../../../provider/libvirt/read";
import { sample } from "./samples";

const POOL = "a600840f-4b4a-4f98-98de-170e0435e65c";
const NETWORK = "437afa48-aab4-43a0-81fe-68541477dd3c";
const LOGICAL = "z2Mr4P-Qy1x-w9Bd-7sKe-0aTf-LmNo-PqRsTu";

const said = (): DomainDocument =>
  sample({
    disks: {
      alone: { source: { volume: "/pool/a.qcow2" } },
      logical: { source: { pool: "vg", volume: LOGICAL } },
      named: { source: { pool: "pool", volume: "n.qcow2" } },
      pooled: { source: { pool: POOL, volume: "p.qcow2" } },
    },
    interfaces: { lan: { network: NETWORK }, wan: { network: "wan" } },
  });
const answers = (): Map<string, Resolved> => {
  const known: [Reference, Resolved][] = [
    [
      { kind: "volume", id: "/pool/a.qcow2" },
      { kind: "volume", pool: "pool", volume: "a.qcow2" },
    ],
    [
      { kind: "volume", pool: "vg", id: LOGICAL },
      { kind: "volume", pool: "vg", volume: "lv" },
    ],
    [
      { kind: "volume", pool: POOL, id: "p.qcow2" },
      { kind: "volume", pool: "pool", volume: "p.qcow2" },
    ],
    [
      { kind: "network", id: NETWORK },
      { kind: "network", network: "lan" },
    ],
  ];
  return new Map(known.map(([reference, resolved]) => [referenceKey(reference), resolved]));
};
const sources = ({ disks, interfaces }: DomainDocument) => [
  ...Object.values(disks).map(({ source }) => source),
  ...Object.values(interfaces).map(({ network }) => network),
];

describe("what a document names by id", () => {
  it("is looked up once each, and what it names by name not at all", () => {
    assert.deepEqual(new Set(referencesIn(said(), said(), undefined).map(referenceKey)), new Set(answers().keys()));
    assert.deepEqual(referencesIn({}, sample()), []);
  });

  it("is in libvirt's XML by name, and comes back in the words that said it", () => {
    const { document, problems } = inNames(said(), answers());
    assert.deepEqual(problems, []);
    assert.deepEqual(sources(document), [
      { pool: "pool", volume: "a.qcow2" },
      { pool: "vg", volume: "lv" },
      { pool: "pool", volume: "n.qcow2" },
      { pool: "pool", volume: "p.qcow2" },
      "lan",
      "wan",
    ]);
    assert.deepEqual(inOwnWords(document, [undefined, said()], answers()), said());
    assert.deepEqual(inOwnWords(document, [document, said()], answers()), document, "the first that fits counts");
    assert.deepEqual(inOwnWords(document, [], new Map()), document);
  });

  it("comes back by name where something else took its place", () => {
    const other = inNames(said(), answers()).document;
    const alone = {
      ...other.disks.alone,
      source: { pool: "pool", volume: "other" },
    } as DomainDocument["disks"][string];
    const seen = inOwnWords(
      { ...other, disks: { alone }, interfaces: { lan: { network: "other" } } },
      [said()],
      answers(),
    );
    assert.deepEqual(sources(seen), [{ pool: "pool", volume: "other" }, "other"]);
  });

  it("stands as program and state have it while its pool is stopped, which tells nothing; a new one does not", () => {
    const reference: Reference = { kind: "volume", id: "/pool/a.qcow2" };
    const stopped = new Map(answers()).set(referenceKey(reference), { kind: "missing", reason: "pool is not active" });
    const named = inNames(said(), answers()).document;
    const source = (...documents: DomainDocument[]) => inOwnWords(named, documents, stopped).disks.alone?.source;
    assert.deepEqual(source(said(), said()), { volume: "/pool/a.qcow2" });
    const before = { ...said(), disks: { ...said().disks, alone: named.disks.alone } } as DomainDocument;
    assert.deepEqual(source(said(), before), { pool: "pool", volume: "a.qcow2" });
    assert.deepEqual(source(said()), { pool: "pool", volume: "a.qcow2" });
  });

  it("is a problem at its property, with libvirt's words, where nothing has the id", () => {
    const missing = new Map(
      [...answers().keys()].map((key): [string, Resolved] => [key, { kind: "missing", reason: "no such" }]),
    );
    const { problems } = inNames(said(), missing);
    assert.deepEqual(
      problems.map(({ path }) => path),
      [
        "disks.alone.source.volume",
        "disks.logical.source.volume",
        "disks.pooled.source.pool",
        "interfaces.lan.network",
      ],
    );
    for (const { message } of problems) assert.match(message, /; (give|see) .*\(libvirt says: no such\)$/s);
  });

  it("is read from what the script prints, part by part", () => {
    const asked = referencesIn(said());
    const printed = asked.map(({ kind }, at) =>
      at === 0
        ? "missing\u0001\u0001error: failed\nerror: not found\n\u0001"
        : `found\u0001${kind === "volume" ? "p" : ""}\u0001n\u0001`,
    );
    const read = [...parseLookUp(printed.join(""), asked).values()];
    assert.deepEqual(read[0], { kind: "missing", reason: "failed: not found" });
    assert.deepEqual(read.at(-1), { kind: "network", network: "n" });
    assert.deepEqual(read[1], { kind: "volume", pool: "p", volume: "n" });
    assert.ok([...parseLookUp("", asked).values()].every(({ kind }) => kind === "missing"));
  });

  it("holds no control character, which no name has", () => {
    const source = (inner: object) => domainDocument.shape.disks.safeParse({ root: { source: inner } }).success;
    assert.ok(source({ volume: "/a b" }) && source({ pool: "p", volume: "v" }));
    for (const text of ["", "a\u0001b", "a\nb"])
      assert.ok(!source({ volume: text }) && !source({ pool: "p", volume: text }), text);
  });
});
