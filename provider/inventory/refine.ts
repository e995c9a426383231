import type { z } from "zod";

type Refinement<T> = (value: T, context: z.core.$RefinementCtx<T>) => void;

/** A refinement that says what is wrong, not only that something is. */
export function problemIf<T>(problem: (value: T) => string | undefined): Refinement<T> {
  return (value, context) => {
    const message = problem(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  };
}
