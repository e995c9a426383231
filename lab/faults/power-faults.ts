import { z } from "zod";
import { pause } from "../keeper/pause";
import { fault } from "./fault";
import { seconds, wholeNumber, yesOrNo } from "./option-values";

const MAX_SECONDS = 3600;

export const POWER_FAULTS = {
  "power-cut": fault({
    says: "power is gone at once: nothing is flushed; comes back after `seconds` (default 1), or stays away with stay=true",
    options: z.strictObject({ seconds: seconds(MAX_SECONDS).default(1), stay: yesOrNo().default(false) }),
    async apply(host, options) {
      await host.powerOff();
      if (options.stay) return "power is cut; the host stays off";
      await pause(options.seconds * 1000, new AbortController().signal);
      await host.powerOn();
      return `power was cut for ${options.seconds} s; the host starts`;
    },
  }),
  "reset-storm": fault({
    says: "`times` (default 3) resets, `seconds` (default 2) apart, whatever the host is doing; it starts after the last",
    options: z.strictObject({
      times: wholeNumber(1, 100).default(3),
      seconds: seconds(MAX_SECONDS).default(2),
    }),
    async apply(host, options) {
      for (let done = 0; done < options.times; done++) {
        if (done > 0) await pause(options.seconds * 1000, new AbortController().signal);
        await host.restart("reset");
      }
      return `${options.times} resets; the host starts`;
    },
  }),
  "boot-hang": fault({
    says: "the next `starts` (default 1) stop in the power-on self-test, until somebody resets the host",
    options: z.strictObject({ starts: wholeNumber(1, 100).default(1) }),
    async apply(host, { starts }) {
      host.faults.hangingStarts = starts;
      return `the next ${starts} start${starts === 1 ? "" : "s"} will hang`;
    },
  }),
  "boot-slow": fault({
    says: "each power-on self-test takes `seconds` (default 120) longer, until mended",
    options: z.strictObject({ seconds: seconds(MAX_SECONDS).default(120) }),
    async apply(host, options) {
      host.faults.slowStartSeconds = options.seconds;
      return `starts take ${options.seconds} s longer`;
    },
  }),
};
