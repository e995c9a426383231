import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const SOURCE = join(__dirname, "pci-registers.c");
const FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"];

export interface BuildOptions {
  /** QEMU that the library is for. Default: qemu-system-x86_64. */
  readonly qemu?: string;
  /** C compiler. Default: cc. */
  readonly compiler?: string;
}

/**
 * Builds the registers library into a directory and returns its path; one that was built there of the same source for
 * the same QEMU serves again.
 * @throws Error where there is no compiler or no QEMU, with the package to install
 */
export async function buildRegisters(directory: string, options: BuildOptions = {}): Promise<string> {
  const { qemu = "qemu-system-x86_64", compiler = "cc" } = options;
  const version = await output(qemu, ["--version"], "QEMU", "qemu-system-x86");
  const key = createHash("sha256")
    .update(JSON.stringify([readFileSync(SOURCE, "utf8"), FLAGS, version]))
    .digest("hex");
  const library = join(directory, `pci-registers-${key.slice(0, 16)}.so`);
  if (existsSync(library)) return library;
  mkdirSync(directory, { recursive: true });
  const fresh = `${library}.${process.pid}`;
  await output(compiler, [...FLAGS, "-o", fresh, SOURCE, "-ldl"], "a C compiler", "gcc and libc6-dev");
  // Two lab hosts may build at once: each library is whole before it has its name.
  renameSync(fresh, library);
  return library;
}

async function output(program: string, args: readonly string[], what: string, packages: string): Promise<string> {
  try {
    return (await run(program, args)).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT") {
      const hint = `install it (Debian: ${packages})`;
      throw new Error(`the lab needs ${what} to build its PCI registers, and ${program} is not there; ${hint}`);
    }
    throw new Error(`${program} failed with ${code ?? "no exit status"} for the lab's PCI registers:\n${stderr ?? ""}`);
  }
}
