#!/usr/bin/env node
// npm run bench:redfish: round trips, time and memory of reading BIOS settings from the lab's BMCs.
import { require as requireTypeScript } from "tsx/cjs/api";

const { benchRedfish } = requireTypeScript("./redfish/main.ts", import.meta.url);
process.stdout.write(await benchRedfish());
