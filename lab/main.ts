// npm run lab -- COMMAND …
import { Refusal } from "../core/problems";
import type { Command } from "./commands/command";
import { fault } from "./commands/fault";
import { down, powerOff, reset } from "./commands/power";
import { console as serialConsole, ssh } from "./commands/shell";
import { restore, snapshot } from "./commands/snapshots";
import { status } from "./commands/status";
import { up } from "./commands/up";

const COMMANDS: Readonly<Record<string, Command>> = {
  up,
  status,
  ssh,
  console: serialConsole,
  reset,
  "power-off": powerOff,
  snapshot,
  restore,
  fault,
  down,
};

function help(): string {
  const lines = Object.values(COMMANDS).map(({ usage, says }) => `  ${usage}\n      ${says}`);
  return `npm run lab -- COMMAND\n\nA simulated HGX host: its BIOS, NIC firmware, boots and PCI registers behave as real ones.\n\n${lines.join("\n")}\n`;
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || ["help", "--help", "-h"].includes(name)) {
    process.stdout.write(help());
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    process.stderr.write(`There is no command "${name}".\n\n${help()}`);
    return 2;
  }
  return command.run(args);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = error instanceof Refusal ? 2 : 1;
  },
);
