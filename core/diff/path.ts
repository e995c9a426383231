import { joinPath } from "../problems";

/** Where a value is: object keys and list indices from the root. */
export type Keys = readonly (string | number)[];

/** Keys as a property path in Pulumi's notation: `devices["0000:17:00.0"].port`. */
export function formatPath(keys: Keys): string {
  return keys.reduce<string>((path, key) => joinPath(path, key), "");
}

/**
 * Reads a property path as Pulumi's engine does (sdk/go/common/resource/properties_path.go): `a.b`, `a["b"]`, `a[0]`,
 * `a[*]`, `a["*"]`; only `\"` is an escape. Returns undefined where the text is no path.
 */
export function parsePath(text: string): Keys | undefined {
  const keys: (string | number)[] = [];
  const step = /\.?\["((?:\\"|[^"])*)"\]|\.?\[(\d+|\*)\]|\.?([^.[]+)/y;
  while (step.lastIndex < text.length) {
    const start = step.lastIndex;
    const match = step.exec(text);
    if (!match || (start === 0 && text.startsWith("."))) return undefined;
    const [, quoted, index, name] = match;
    if (quoted !== undefined) keys.push(quoted.replaceAll('\\"', '"'));
    else if (index !== undefined) keys.push(index === "*" ? "*" : Number(index));
    else if (name !== undefined) keys.push(name);
  }
  return keys.length > 0 ? keys : undefined;
}

/** Whether `prefix` is at or above `keys`. A `*` in the prefix stands for any key or index. */
export function isAtOrBelow(keys: Keys, prefix: Keys): boolean {
  return (
    prefix.length <= keys.length && prefix.every((key, index) => key === "*" || String(key) === String(keys[index]))
  );
}

/** Whether one of the two is at or above the other, so that a change of one touches the other. */
export function overlaps(a: Keys, b: Keys): boolean {
  return isAtOrBelow(a, b) || isAtOrBelow(b, a);
}
