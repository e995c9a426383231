import { Refusal } from "../core/problems";
import { discover } from "./discover";
import { PLAN_USAGE, plan } from "./plan";

const USAGE = `gpudirect: plan GPU guests and read hosts, from a shell

gpudirect discover [ssh://USER@HOST]   print the host file of this machine, or of another
${PLAN_USAGE}
`;

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = { discover, plan };

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "help" || name === "--help") {
    process.stdout.write(USAGE);
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command)
    throw new Refusal([{ path: name, message: `is no command; use ${Object.keys(COMMANDS).join(" or ")}` }]);
  return command(args);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: Error) => {
    const lines = error.message.split("\n").map((line) => `gpudirect: ${line}\n`);
    process.stderr.write(lines.join(""));
    process.exitCode =
      error instanceof Refusal || (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE") ? 2 : 1;
  },
);
