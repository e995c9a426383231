import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isObject, isSecret } from "./values";

/**
 * Arguments of `pulumi config set-all --path` that say a whole configuration. Places marked `secret(…)` are encrypted.
 * The CLI takes a text that reads as a number or as true for that.
 */
export function configArguments(config: Record<string, unknown>): string[] {
  return Object.entries(config).flatMap(([key, value]) => leaves(key, value, false));
}

function leaves(path: string, value: unknown, hidden: boolean): string[] {
  if (isSecret(value)) return leaves(path, value.$secret, true);
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(`${path}[${index}]`, item, hidden));
  if (isObject(value)) {
    return Object.entries(value).flatMap(([key, item]) => leaves(`${path}${step(key)}`, item, hidden));
  }
  return value === undefined ? [] : [hidden ? "--secret" : "--plaintext", `${path}=${value}`];
}

const step = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

/** Leaves nothing of a stack's configuration but what its secrets are encrypted with. */
export function clearConfig(file: string): void {
  if (!existsSync(file)) return;
  const salt = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("encryptionsalt:"));
  writeFileSync(file, `${salt.join("\n")}\n`);
}
