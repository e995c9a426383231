/** How a command in the guest ended, as the wrapper reports it. */
export interface Report {
  readonly exitCode: number;
  /** `unstarted`: the wrapper could not start it, and `stderr` may say why. */
  readonly why: "ended" | "timeout" | "cancelled" | "output" | "unstarted";
  /** What the shell ended with because a program could not be started: 127 for one that is not there, else 126. */
  readonly startCode: number | undefined;
  /** Length of the whole output, in bytes. */
  readonly length: number;
  /** The output, empty where it is too long for the report. */
  readonly stdout: Buffer;
  readonly stderr: string;
}

interface ExecStatus {
  readonly "out-data"?: string;
  readonly "err-data"?: string;
}

const decode = (base64: string | undefined): Buffer => Buffer.from(base64 ?? "", "base64");
const returned = <T>(line: string): T => (JSON.parse(line) as { return: T }).return;

/** The report in an answer to guest-exec-status; what the shell said instead, where the wrapper did not come to it. */
export function reportOf(answer: string): Report | string {
  const status = returned<ExecStatus>(answer);
  const data = decode(status["out-data"]);
  const end = data.indexOf("\n");
  const head = /^(\d+) (ended|timeout|cancelled|output|unstarted) (\d+|-) (\d+) (\d+)$/.exec(
    data.toString("latin1", 0, end),
  );
  if (end < 0 || !head) return decode(status["err-data"]).toString().trim() || "it ended without a report";
  const [, exitCode, why, startCode, length, errors] = head;
  const from = end + 1 + Number(errors);
  return {
    exitCode: Number(exitCode),
    why: why as Report["why"],
    startCode: startCode === "-" ? undefined : Number(startCode),
    length: Number(length),
    stdout: data.subarray(from),
    stderr: data.subarray(end + 1, from).toString(),
  };
}

/** The bytes in answers to guest-file-read, a line each. */
export function bytesOf(answers: string): Buffer {
  const lines = answers.split("\n").filter((line) => line !== "");
  return Buffer.concat(lines.map((line) => decode(returned<{ "buf-b64"?: string }>(line)["buf-b64"])));
}
