import { existsSync, readFileSync, statSync } from "node:fs";

const LINES = 10;

/** Remembers how long a log is now, and gives the end of what was written since: an earlier run's words are not this one's. */
export function logSince(path: string): () => string {
  const from = existsSync(path) ? statSync(path).size : 0;
  return () => {
    if (!existsSync(path)) return "";
    const text = readFileSync(path).subarray(from).toString("utf8");
    return text.trimEnd().split("\n").slice(-LINES).join("\n");
  };
}
