import type { z } from "zod";
import type { SimulatedHost } from "../keeper/simulated-host";

/** One way to break a lab host on purpose. */
export interface Fault<Options = never> {
  /** One line: what breaks, and until when. */
  readonly says: string;
  readonly options: z.ZodType<Options>;
  /** What it did, in a line. */
  apply(host: SimulatedHost, options: Options): Promise<string>;
}

/** Ties the options' shape to what `apply` takes. */
export const fault = <Options>(definition: Fault<Options>): Fault => definition as unknown as Fault;
