import type { z } from "zod";
import { joinPath, type Problem } from "./problems";

/** zod's issues as problems with property paths; each unknown property is a problem of its own. */
export function zodProblems(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.reduce<string>((joined, key) => joinPath(joined, key as string | number), "");
    if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({
      path: joinPath(path, key),
      message: "is not a known property; remove it",
    }));
  });
}
