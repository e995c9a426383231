import { z } from "zod";

/**
 * What must happen before a layer's settings are in force: nothing, a restart of the host, or a power cycle, which a
 * restart cannot replace. Firmware whose parameters unlock one another takes more than one pass.
 */
export const bootNeed = z
  .strictObject({
    kind: z
      .enum(["none", "reboot", "powerCycle"])
      .describe("What the host must do: nothing, restart, or go off and on where a restart is not enough"),
    passes: z.int().describe("How many of them it takes"),
    reasons: z.array(z.string()).describe("The settings that wait for it, one line each"),
  })
  .meta({ id: "BootNeed", description: "The boots that settings wait for" });

export type BootNeed = z.infer<typeof bootNeed>;

export const NO_BOOT: BootNeed = { kind: "none", passes: 0, reasons: [] };
