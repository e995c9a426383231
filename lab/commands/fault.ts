import { Refusal } from "../../core/problems";
import type { LabHost } from "../client/lab-host";
import { FAULTS } from "../faults";
import { hostOf } from "./arguments";
import { type Command, DEFAULT_NAME } from "./command";

export const fault: Command = {
  usage: "fault [NAME] KIND [OPTION=VALUE …] | fault [NAME] clear | fault list",
  says: "breaks something on purpose, or mends what lasts; list shows the kinds",
  async run(args) {
    if (args[0] === "list") {
      for (const [kind, { says }] of Object.entries(FAULTS)) process.stdout.write(`${kind.padEnd(24)} ${says}\n`);
      return 0;
    }
    const words = args.filter((word) => !word.includes("="));
    const kind = words.at(-1);
    if (kind === undefined || words.length > 2) {
      throw new Refusal([{ path: "KIND", message: "name one kind of fault; fault list shows them" }]);
    }
    const host: LabHost = hostOf(words.length > 1 ? words[0] : DEFAULT_NAME);
    const options = args.filter((word) => word.includes("=")).map((word) => word.split(/=(.*)/s).slice(0, 2));
    const said = kind === "clear" ? await host.clearFaults() : await host.fault(kind, Object.fromEntries(options));
    process.stdout.write(`${said}\n`);
    return 0;
  },
};
