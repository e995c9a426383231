import * as pb from "@pulumi/pulumi/proto/provider_pb";

/**
 * JSON as bytes of google.protobuf.Struct. Written by hand because google-protobuf's own maps lose the key `__proto__`,
 * which an engine in Go sends like any other. Source: google/protobuf/struct.proto.
 */
export function structBytes(value: object): Buffer {
  const entries = Object.entries(value).map(([key, item]) => {
    return field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, valueBytes(item))]));
  });
  return Buffer.concat(entries);
}

/** A CheckRequest with these bytes as its news. */
export function checkBytes(urn: string, news: Buffer): Buffer {
  const head = new pb.CheckRequest().setUrn(urn).serializeBinary();
  const NEWS = 3;
  return Buffer.concat([head, field(NEWS, news)]);
}

function valueBytes(value: unknown): Buffer {
  if (value === null) return Buffer.from([tag(1, 0), 0]);
  if (typeof value === "boolean") return Buffer.from([tag(4, 0), value ? 1 : 0]);
  if (typeof value === "string") return field(3, Buffer.from(value));
  if (Array.isArray(value)) return field(6, Buffer.concat(value.map((item) => field(1, valueBytes(item)))));
  if (typeof value === "object") return field(5, structBytes(value));
  const number = Buffer.alloc(9);
  number[0] = tag(2, 1);
  number.writeDoubleLE(Number(value), 1);
  return number;
}

const tag = (number: number, wireType: number): number => (number << 3) | wireType;

/** A field with a length in front. */
function field(number: number, bytes: Buffer): Buffer {
  const head = [tag(number, 2)];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) head.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([...head, rest]), bytes]);
}
