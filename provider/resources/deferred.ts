import { z } from "zod";
import { hasUnknown } from "../../core/diff/unknown";
import type { Judgement } from "../protocol/definition";

/** The input of what is put off. */
export const defer = z
  .boolean()
  .default(false)
  .describe(
    "Whether all is left as it is for now, with a warning: for a guest whose change of devices waits for its next start",
  );

/** Inputs that tell when a guest has the devices that are planned. */
interface Started {
  readonly defer?: unknown;
  readonly after?: unknown;
}

/**
 * What a guest makes of what is wanted, unless that is put off: until its next start it has other devices than are planned,
 * so nothing is refused and nothing in `paths` is a change. In a preview it may not be known whether it is put off, or whether
 * the guest that will be asked is the one that was looked at: then nothing is refused yet.
 */
export function unlessDeferred({ defer, after }: Started, paths: readonly string[], judge: () => Judgement): Judgement {
  if (defer === true) {
    return {
      beyond: paths,
      warnings: ["left as it is until the guest is started anew: its devices are to change then"],
    };
  }
  const judgement = judge();
  return hasUnknown([defer, after]) ? { ...judgement, refusals: [] } : judgement;
}
