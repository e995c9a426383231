// @ts-check
// npm run setup [-- --json]: everything that the demo and the tests need.
import { reportFailures } from "./failure.mjs";
import { prepare } from "./prepare.mjs";

await reportFailures(async () => {
  const result = await prepare();
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
});
