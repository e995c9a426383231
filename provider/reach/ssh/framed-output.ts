import type { Readable } from "node:stream";
import { Output } from "../output";
import type { Streams } from "../running";
import { Frame } from "./frame";

/** What a session's streams tell of the command that runs in it. */
export interface FramedOutput {
  /** The command's process group, when the command is started. */
  readonly begun: Promise<string>;
  /** What the end tells, an exit code, when everything that the command printed was handed on. */
  readonly result: Promise<string>;
  /** How far it has come. */
  stage(): "starting" | "running" | "ended";
  /** What was said instead of starting it. */
  complaint(): string;
}

/** Takes the frames (see Frame) of both streams off. */
export function readFramed(nonce: string, source: { stdout: Readable; stderr: Readable }, to: Streams): FramedOutput {
  const said = new Output(4096, "tail");
  let group: string | undefined;
  let code = "";
  let open = 2;
  let begin: (group: string) => void = () => undefined;
  let finish: (code: string) => void = () => undefined;
  const begun = new Promise<string>((resolve) => {
    begin = resolve;
  });
  const result = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const close = () => {
    open -= 1;
    if (open === 0) finish(code);
  };
  const stdout = new Frame(nonce, { onBegin: () => undefined, onData: (chunk) => to.stdout(chunk), onEnd: close });
  const stderr = new Frame(nonce, {
    onBegin(value) {
      group = value;
      begin(value);
    },
    onData: (chunk) => to.stderr(chunk),
    onEnd(value) {
      code = value;
      close();
    },
  });
  source.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  source.stderr.on("data", (chunk: Buffer) => {
    if (group === undefined) said.add(chunk);
    stderr.push(chunk);
  });
  return {
    begun,
    result,
    stage: () => (open === 0 ? "ended" : group === undefined ? "starting" : "running"),
    complaint: () => said.bytes().toString().trim(),
  };
}
