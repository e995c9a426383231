import { setTimeout as wait } from "node:timers/promises";

/** Waits until a condition holds; fails, naming it, when it does not within the time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await wait(20);
  }
}
