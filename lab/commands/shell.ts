import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import { hostOf } from "./arguments";
import type { Command } from "./command";

export const ssh: Command = {
  usage: "ssh [NAME] [-- COMMAND …]",
  says: "a shell in the host as root, or one command",
  async run(args) {
    const at = args.indexOf("--");
    const [words, command] = at < 0 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
    const host = hostOf(words[0]);
    const child = spawn("ssh", ["-F", host.directory.sshConfig, host.name, ...command], { stdio: "inherit" });
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
    const host = hostOf(args[0]);
    const socket = createConnection(host.directory.sockets.serial);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", () => reject(new Error(`${host.name} is off, or somebody else has its console`)));
    });
    const { stdin, stdout, stderr } = process;
    stderr.write("Ctrl-] leaves the console\r\n");
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on("data", (data: Buffer) => {
      if (data.includes(ESCAPE)) socket.end();
      else socket.write(data);
    });
    socket.pipe(stdout, { end: false });
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
    return 0;
  },
};
