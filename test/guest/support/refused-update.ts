import assert from "node:assert/strict";
import type { Stack } from "../../engine/support/stack";

/** An update that must fail, and say all of this. */
export async function refusedUpdate(stack: Stack, ...said: readonly RegExp[]): Promise<void> {
  const { code, text } = await stack.up();
  assert.notEqual(code, 0, text);
  for (const pattern of said) assert.match(text, pattern);
}
