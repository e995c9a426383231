import { serve } from "./protocol/server";

/** Set by the build from package.json. */
declare const GPUDIRECT_VERSION: string;

void serve(async () => (await import("./package")).provider(GPUDIRECT_VERSION)).catch((error: unknown) => {
  process.stderr.write(`pulumi-resource-gpudirect: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
