import type { Terminal } from "../terminal";

/** mstflint, mlxcfg_ui.cpp, askUser. */
export function confirm(terminal: Terminal, question: string, yes: boolean): boolean {
  const prompt = `\n ${question} (y/n) [n] : `;
  if (yes) {
    terminal.print(`${prompt}y\n`);
    return true;
  }
  if (["y", "yes"].includes(terminal.ask(prompt).toLowerCase())) return true;
  terminal.print("-E- Aborted by user.\n");
  return false;
}
