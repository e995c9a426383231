import type { Socket } from "node:net";
import type { NicFirmware } from "./nic-firmware";
import { type HostView, PROGRAMS, type ProgramAnswer, type ProgramRequest } from "./terminal";

/** A file for set_raw has some hundred kilobytes at most; nothing that the programs send comes near this. */
const LONGEST_LINE = 1024 * 1024;

/**
 * The keeper's side of the port /dev/virtio-ports/gpudirect.lab.firmware: one line of JSON in, one line out. Lines that
 * make no sense are dropped; the program behind them runs into its time-out. Call it for each connection to the machine's
 * character device; it ends with the socket.
 */
export function serveFirmwarePort(socket: Socket, firmware: NicFirmware, log: (line: string) => void): void {
  const lines = new LineReader((line) => {
    const parsed = parseLine(line);
    if (parsed === undefined) {
      // Such as the piece of a line that a killed program left before the next one's.
      log(`firmware port: a line of ${line.length} characters is no request and is dropped`);
      return;
    }
    const reply = { id: parsed.id, ...answerTo(firmware, parsed.request, log) };
    if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
  }, log);
  socket.on("data", (chunk) => lines.receive(Buffer.from(chunk)));
  socket.on("error", (error) => log(`firmware port: ${error.message}`));
}

/** Makes lines of what arrives. What is too long is forgotten up to its end, so that it takes no memory. */
class LineReader {
  #pending: Buffer[] = [];
  #size = 0;

  constructor(
    private readonly take: (line: string) => void,
    private readonly log: (line: string) => void,
  ) {}

  receive(chunk: Buffer): void {
    let rest = chunk;
    for (;;) {
      const end = rest.indexOf("\n");
      this.#keep(end < 0 ? rest : rest.subarray(0, end));
      if (end < 0) return;
      const line = this.#size <= LONGEST_LINE ? Buffer.concat(this.#pending).toString("utf8") : undefined;
      this.#pending = [];
      this.#size = 0;
      if (line !== undefined) this.take(line);
      rest = rest.subarray(end + 1);
    }
  }

  #keep(part: Buffer): void {
    const fitted = this.#size <= LONGEST_LINE;
    this.#size += part.length;
    if (this.#size <= LONGEST_LINE) this.#pending.push(part);
    else if (fitted) {
      this.log(`firmware port: a line of more than ${LONGEST_LINE} bytes is dropped`);
      this.#pending = [];
    }
  }
}

function answerTo(firmware: NicFirmware, request: ProgramRequest, log: (line: string) => void): ProgramAnswer {
  try {
    return firmware.run(request);
  } catch (error) {
    // A full disk outside must not end the keeper: the card did not take the value, and the program says so.
    log(`firmware port: ${request.program}: ${(error as Error).stack ?? String(error)}`);
    return { stdout: "-E- Failed to set settings: the lab's keeper could not store them\n", stderr: "", status: 3 };
  }
}

function parseLine(line: string): { id: string; request: ProgramRequest } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { id, program, argv, files = {}, answers = [], host } = value as Record<string, unknown>;
  const known = PROGRAMS.find((name) => name === program);
  if (typeof id !== "string" || known === undefined || !isStrings(argv) || !isStrings(answers)) return undefined;
  if (!isFiles(files) || !isHost(host)) return undefined;
  return { id, request: { program: known, argv, files, answers, ...(host === undefined ? {} : { host }) } };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isFiles(value: unknown): value is Record<string, string | null> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.values(value).every((text) => text === null || typeof text === "string")
  );
}

function isHost(value: unknown): value is HostView | undefined {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null) return false;
  const { devices, user, lockdown } = value as Record<string, unknown>;
  return isStrings(devices) && (user === "root" || user === "other") && typeof lockdown === "string";
}
