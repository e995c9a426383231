import { version } from "../../package.json";
import { provider } from "../../provider/package";
import { packageSchema } from "../../provider/protocol/schema";

// Prints the provider's Pulumi package schema: the input of the SDK generator.
process.stdout.write(`${JSON.stringify(packageSchema(provider(version)), null, 2)}\n`);
