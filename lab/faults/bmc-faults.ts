import { z } from "zod";
import { Refusal } from "../../core/problems";
import { fault } from "./fault";
import { oneOf, wholeNumber } from "./option-values";

const count = wholeNumber(1, 1000);

export const BMC_FAULTS = {
  "bmc-errors": fault({
    says: "the next `count` (default 3) answers of the BMC are `status` (default 503), with Retry-After `seconds` (default 1)",
    options: z.strictObject({
      status: oneOf([500, 502, 503, 504]).default(503),
      count: count.default(3),
      seconds: wholeNumber(0, 600).default(1),
    }),
    async apply({ bmc }, { status, count: answers, seconds }) {
      bmc.setMode("errorBurst", { status, count: answers, retryAfterSeconds: seconds });
      return `the next ${answers} answers of the BMC are ${status}`;
    },
  }),
  "bmc-slow": fault({
    says: "each answer of the BMC waits `milliseconds` (default 5000); until mended",
    options: z.strictObject({ milliseconds: wholeNumber(1, 600_000).default(5000) }),
    async apply({ bmc }, { milliseconds }) {
      bmc.setMode("slow", milliseconds);
      return `each answer of the BMC waits ${milliseconds} ms`;
    },
  }),
  "bmc-cut": fault({
    says: "the next `count` (default 1) answers of the BMC break off in their middle",
    options: z.strictObject({ count: count.default(1) }),
    async apply({ bmc }, { count: answers }) {
      bmc.setMode("cut", answers);
      return `the next ${answers} answers of the BMC break off`;
    },
  }),
  "bmc-certificate-changed": fault({
    says: "the BMC shows another certificate; until mended",
    options: z.strictObject({}),
    async apply({ bmc }) {
      bmc.setMode("certificateChanged", true);
      return "the BMC has another certificate";
    },
  }),
  "bmc-refuses-setting": fault({
    says: "the BIOS leaves `attribute` as it is, whatever was asked for; until mended",
    options: z.strictObject({ attribute: z.string({ error: "name an attribute of the BIOS" }) }),
    async apply({ bmc }, { attribute }) {
      try {
        bmc.setMode("refused", [...bmc.modes.refused, attribute]);
      } catch (error) {
        throw new Refusal([{ path: "attribute", message: (error as Error).message.replace(/^modes\.refused: /, "") }]);
      }
      return `the BIOS will leave ${attribute} as it is`;
    },
  }),
};
