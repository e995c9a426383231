import type { z } from "zod";
import { formatPath, type Keys } from "./diff/path";
import { joinPath, type Problem } from "./problems";

/** zod's issues as problems with property paths; each unknown property is a problem of its own. */
export function zodProblems(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = formatPath(issue.path as Keys);
    if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({
      path: joinPath(path, key),
      message: "is not a known property; remove it",
    }));
  });
}
