/** virsh commands that change something; every other one only looks. */
const VIRSH =
  /\b(define|undefine|create|start|destroy|shutdown|reboot|reset|suspend|resume|save|restore|managedsave|edit|attach-\S+|detach-\S+|set\S+|(vol|pool|net|iface|nodedev)-(create|define|start|destroy|delete|undefine)\S*|qemu-agent-command)\b/;
/** Programs that change files or take locks. */
const PROGRAMS =
  /\b(flock|mv|cp|ln|rm|rmdir|mkdir|mkfifo|mktemp|tee|dd|truncate|touch|install|chmod|chown|chgrp|sync|kill)\b/;
/** A redirection into anything but a descriptor or nothing. */
const REDIRECTION = />\s*(?!&|\/dev\/null|[>\s])/;

/** Programs that a recorder must know to see each writing command. */
export const RECORDED = [
  "sh",
  "virsh",
  "flock",
  "mv",
  "cp",
  "ln",
  "rm",
  "mkdir",
  "mktemp",
  "tee",
  "dd",
  "touch",
  "chmod",
];

/** Whether a script, or a program with its arguments, writes to the machine or takes its lock. */
export function isWriting(command: string): boolean {
  const virsh = command.split("\n").filter((line) => /\bvirsh\b/.test(line));
  return PROGRAMS.test(command) || REDIRECTION.test(command) || virsh.some((line) => VIRSH.test(line));
}
