import type { CardFirmware, ParameterValue } from "./card";
import { TLV_CLASS } from "./parameter-table";
import type { TlvInstance } from "./tlv-instance";

/** First line of a raw TLV file (mstflint, mlxcfg_ui.h). */
const RAW_FILE_SIGNATURE = "MLNX_RAW_TLV_FILE";

/** A TLV as 32-bit words: three of header, then data (mstflint, tools_layouts/tools_open_layouts.c). */
export type RawTlv = readonly number[];

/** Who wrote a TLV (mlxcfg_utils.h, WriterId): mlxconfig itself. */
const WRITER = { id: 9, name: "ICMD MLXCONFIG" };
const HEADER_WORDS = 3;
/** Header bits, counted from the high end of the first word: override enable 6, read enable 7, writer 11-15. */
const FLAGS = (1 << 25) | (1 << 24) | (WRITER.id << 16);
/** Bytes that a TLV may have with its header (tools_open_mnvda). */
const LARGEST_TLV = 0x10c;

/** The text file that `backup` writes: mlxcfg_ui.cpp, backupCfg. */
export function backupText(card: CardFirmware, instances: readonly TlvInstance[]): string {
  const tlvs = instances.map((instance) => {
    const words = packTlv(card, instance).map((word) => `${hex(word)} `);
    const writer = `${WRITER.name}(0x${WRITER.id.toString(16).padStart(2, "0")})`;
    return `% TLV Type: ${hex(typeOf(instance))}, Writer ID: ${writer}, Writer Host ID: 0x00\n${words.join("")}\n`;
  });
  return `${RAW_FILE_SIGNATURE}\n${tlvs.join("")}`;
}

/**
 * Reads a raw TLV file: mlxcfg_ui.cpp, devRawCfg.
 * @throws Error with the sentence that mlxconfig prints.
 */
export function parseRawFile(text: string): RawTlv[] {
  const [first, ...lines] = text.split("\n");
  if (first !== RAW_FILE_SIGNATURE) throw new Error("Invalid raw TLV file header.");
  return lines.flatMap((line, index) => {
    if (line === "" || line.startsWith("%")) return [];
    const words = line.split(/\s+/).filter((word) => word !== "");
    return [
      words.map((word) => {
        if (!/^(0[xX][0-9a-fA-F]+|\d+)$/.test(word) || Number(word) > 0xffff_ffff) {
          throw new Error(`Failed to parse Raw TLV at line ${index + 1}: Input is not an unsigned number: ${word}`);
        }
        return Number(word);
      }),
    ];
  });
}

/**
 * What `set_raw` and `get_raw` print of a TLV: mlxcfg_generic_commander.cpp, dumpTlv and verifyTlv.
 * @throws Error with the sentence that mlxconfig prints.
 */
export function describeRawTlv(tlv: RawTlv): string {
  const [header = 0, type = 0] = tlv;
  const length = header & 0x1ff;
  const bytes = tlv.length * 4;
  if (bytes > LARGEST_TLV) {
    throw new Error(
      `TLV size exceeds maximal limit. Maximum size is 0x${LARGEST_TLV.toString(16)} bytes, ` +
        `actual length is 0x${bytes.toString(16)} bytes`,
    );
  }
  const actual = (tlv.length - HEADER_WORDS) * 4;
  if (length !== actual) {
    throw new Error(
      `TLV size mismatch. reported length in TLV header: 0x${length.toString(16)}. ` +
        `actual length: 0x${(actual >>> 0).toString(16)}`,
    );
  }
  const data = tlv.slice(HEADER_WORDS).map((word) => `${hex(word)} `);
  return (
    `Length: 0x${length.toString(16)}\nVersion: ${(header >>> 12) & 0xf}\nOverrideEn: ${(header >>> 25) & 1}\n` +
    `Type: ${hex(type)}\nData: ${data.join("")}\n`
  );
}

/** The values of a raw TLV, by the card's own TLVs; undefined where the card has no such TLV. */
export function unpackTlv(
  card: CardFirmware,
  tlv: RawTlv,
): { instance: TlvInstance; values: Record<string, ParameterValue> } | undefined {
  const instance = card.instances.find((candidate) => typeOf(candidate) === tlv[1] && card.knows(candidate));
  if (instance === undefined) return undefined;
  const data = tlv.slice(HEADER_WORDS);
  const values = instance.tlv.parameters.map(
    ({ name, arrayLength, bitOffset, sizeInBits }): [string, ParameterValue] => [
      name,
      arrayLength === 0
        ? readBits(data, bitOffset, sizeInBits)
        : Array.from({ length: arrayLength }, (_, index) => readBits(data, bitOffset + index * sizeInBits, sizeInBits)),
    ],
  );
  return { instance, values: Object.fromEntries(values) };
}

/** A TLV's next values as the words of a raw TLV. */
export function packTlv(card: CardFirmware, instance: TlvInstance): RawTlv {
  const data = new Array<number>(Math.ceil(instance.tlv.size / 4)).fill(0);
  for (const parameter of instance.tlv.parameters) {
    const value = card.value("next", instance, parameter);
    const elements = typeof value === "number" ? [value] : value;
    elements.forEach((element, index) => {
      writeBits(data, parameter.bitOffset + index * parameter.sizeInBits, parameter.sizeInBits, element);
    });
  }
  return [(FLAGS | (data.length * 4)) >>> 0, typeOf(instance), 0, ...data];
}

/** Class, place and number of a TLV in one word: mlxcfg_tlv.cpp, getTlvTypeBe. */
function typeOf({ tlv, port, module }: TlvInstance): number {
  const place = tlv.class === TLV_CLASS.port ? port << 16 : tlv.class === TLV_CLASS.module ? module << 14 : 0;
  return ((tlv.class << 24) | place | tlv.id) >>> 0;
}

function readBits(words: readonly number[], offset: number, size: number): number {
  let value = 0;
  for (let bit = offset; bit < offset + size; bit += 1) {
    value = value * 2 + (((words[Math.floor(bit / 32)] ?? 0) >>> (31 - (bit % 32))) & 1);
  }
  return value;
}

function writeBits(words: number[], offset: number, size: number, value: number): void {
  for (let index = 0; index < size; index += 1) {
    const bit = offset + size - 1 - index;
    const mask = (1 << (31 - (bit % 32))) >>> 0;
    const word = words[Math.floor(bit / 32)] ?? 0;
    words[Math.floor(bit / 32)] = (Math.floor(value / 2 ** index) % 2 === 1 ? word | mask : word & ~mask) >>> 0;
  }
}

function hex(word: number): string {
  return `0x${(word >>> 0).toString(16).padStart(8, "0")}`;
}
