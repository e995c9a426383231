import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import { Refusal } from "../../core/problems";
import { hostOf, readArguments } from "./arguments";
import type { Command } from "./command";

export const ssh: Command = {
  usage: "ssh [NAME] [-- COMMAND …]",
  says: "a shell in the host as root, or one command",
  async run(args) {
    const at = args.indexOf("--");
    const [words, command] = at < 0 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
    if (words.length > 1) {
      throw new Refusal([{ path: "COMMAND", message: `put "--" in front of it: npm run lab -- ${ssh.usage}` }]);
    }
    const host = hostOf(words[0]);
    const remote = command.length > 0 ? ["--", ...command] : [];
    const child = spawn("ssh", ["-F", host.directory.sshConfig, host.name, ...remote], { stdio: "inherit" });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 255));
    });
  },
};

/** Ctrl-], as telnet and virsh console have it. */
const ESCAPE = 0x1d;

export const console: Command = {
  usage: "console [NAME]",
  says: "the host's serial console; Ctrl-] leaves it",
  async run(args) {
    const host = hostOf(readArguments(args, {}, 1).words[0]);
    const socket = createConnection(host.directory.sockets.serial);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", () => reject(new Error(`${host.name} is off: it has no console`)));
    });
    const { stdin, stdout, stderr } = process;
    stderr.write("Ctrl-] leaves the console\r\n");
    if (stdin.isTTY) stdin.setRawMode(true);
    let left = false;
    stdin.on("data", (data: Buffer) => {
      left = data.includes(ESCAPE);
      if (left) socket.destroy();
      else socket.write(data);
    });
    socket.pipe(stdout, { end: false });
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    if (!left) stderr.write(`\r\nthe machine behind the console ended: ${host.name} was reset or switched off\r\n`);
    return 0;
  },
};
