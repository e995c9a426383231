import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { SEPARATOR } from "../../../provider/libvirt/scripts";
import type { Lock, Reach, RunOptions, RunResult } from "../../../provider/reach/reach";

/** Between the definitions in the file: a character that XML cannot hold. */
const END = "\u0000";

/**
 * A machine whose libvirt is a map from names to definitions: it answers at once, so that what is measured is the
 * provider. A file keeps the map from one command of the CLI to the next.
 */
export class MemoryMachine implements Reach {
  readonly machine = "memory";
  private readonly definitions: Map<string, string>;

  constructor(private readonly file: string) {
    const texts = existsSync(file) ? readFileSync(file, "utf8").split(END).slice(0, -1) : [];
    this.definitions = new Map(texts.map((text) => [nameIn(text), text]));
  }

  async run(_script: string, { name: task, input }: RunOptions): Promise<RunResult> {
    const [, verb, domain = ""] = /^(read|define) domain (.+)$/.exec(task) ?? [];
    if (verb === undefined) throw new Error(`the benchmark's machine cannot ${task}`);
    if (verb === "define") this.define(String(input));
    const xml = verb === "read" ? this.definitions.get(domain) : undefined;
    return ended(xml === undefined ? "" : `${xml}${SEPARATOR}shut off`);
  }

  runProgram(): Promise<RunResult> {
    return Promise.reject(new Error("the benchmark's machine runs no programs"));
  }

  lock(): Promise<Lock> {
    return Promise.resolve({ lost: new AbortController().signal, release: () => Promise.resolve() });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private define(given: string): void {
    const number = (this.definitions.size + 1).toString(16).padStart(12, "0");
    // As libvirt prints it: with a UUID, and the machine type that it chose.
    const xml = given
      .replace("</name>", `</name>\n  <uuid>00000000-0000-4000-8000-${number}</uuid>`)
      .replace('machine="q35"', 'machine="pc-q35-7.2"');
    this.definitions.set(nameIn(xml), xml);
    appendFileSync(this.file, `${xml}${END}`);
  }
}

const nameIn = (xml: string): string => /<name>(.*?)<\/name>/.exec(xml)?.[1] ?? "";

const ended = (text: string): RunResult => ({ exitCode: 0, stdout: Buffer.from(text), stderr: "" });
