import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { failsAt, type ReachSubject, runOptions } from "./reach-subject";

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** How commands get what they need, and give what they print. */
export function reachCommandConformance({ reach, maxParallel = 20, bigBytes = 32 * 1024 * 1024 }: ReachSubject): void {
  it("runs a script and returns its output, errors and exit code", async () => {
    const result = await reach().run('echo "a b"; echo wrong >&2; exit 3', runOptions());
    assert.deepEqual([result.exitCode, result.stdout.toString(), result.stderr], [3, "a b\n", "wrong\n"]);
  });

  for (const code of [0, 1, 126, 127, 128, 254, 255]) {
    it(`returns the exit code ${code} of a script`, async () => {
      assert.equal((await reach().run(`exit ${code}`, runOptions())).exitCode, code);
      assert.equal((await reach().run(`exit ${code}`, runOptions({ input: "x" }))).exitCode, code);
    });
  }

  it("returns the exit code of a program", async () => {
    for (const input of [undefined, "x"]) {
      const options = runOptions(input === undefined ? {} : { input });
      assert.equal((await reach().runProgram(["sh", "-c", "exit 255"], options)).exitCode, 255);
      assert.equal((await reach().runProgram(["false"], options)).exitCode, 1);
    }
  });

  it("returns 128 + signal number where a signal ended a command", async () => {
    for (const [signal, code] of Object.entries({ KILL: 137, TERM: 143 })) {
      assert.equal((await reach().run(`kill -${signal} $$`, runOptions())).exitCode, code);
      assert.equal((await reach().runProgram(["sh", "-c", `kill -${signal} $$`], runOptions())).exitCode, code);
    }
  });

  it("says which program is missing and what to do", async () => {
    for (const input of [undefined, "<domain/>"]) {
      const run = reach().runProgram(["no-such-program"], runOptions(input === undefined ? {} : { input }));
      const message = `${reach().machine}: try something: there is no program no-such-program; install it or put it on PATH`;
      await assert.rejects(run, { phase: "start", message });
    }
  });

  it("runs a program without a shell between", async () => {
    const words = ["$HOME", "a b", "*", "'", '"', ";ls", "ü", "a\nb", "\\n", "", "-n", "\t", "!x", "`id`"];
    const result = await reach().runProgram(["printf", "<%s>", ...words], runOptions());
    assert.equal(result.stdout.toString(), words.map((word) => `<${word}>`).join(""));
  });

  it("gives a script its input, byte for byte", async () => {
    const input = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 256));
    const result = await reach().run("cat", runOptions({ input }));
    assert.ok(result.stdout.equals(input));
  });

  it("gives input that can be opened as /dev/stdin", async () => {
    const through = await reach().runProgram(["cat", "/dev/stdin"], runOptions({ input: "<domain/>" }));
    assert.equal(through.stdout.toString(), "<domain/>");
  });

  it("gives an empty input where none is named", async () => {
    assert.equal((await reach().runProgram(["cat"], runOptions())).stdout.length, 0);
    assert.equal((await reach().runProgram(["cat"], runOptions({ input: "" }))).stdout.length, 0);
  });

  it("is not upset by a program that ends without reading its input", async () => {
    const input = Buffer.alloc(Math.min(bigBytes, 5_000_000));
    assert.equal((await reach().runProgram(["true"], runOptions({ input }))).exitCode, 0);
  });

  it("takes a large output, byte for byte", async () => {
    const lines = Math.floor(bigBytes / 16);
    const script = `awk 'BEGIN { for (i = 0; i < ${lines}; i++) printf "%015d\\n", i }'`;
    const expected = createHash("sha256");
    for (let line = 0; line < lines; line += 1) expected.update(`${String(line).padStart(15, "0")}\n`);
    const { stdout, exitCode } = await reach().run(script, runOptions({ timeoutMs: 50_000 }));
    assert.deepEqual([exitCode, stdout.length, sha256(stdout)], [0, lines * 16, expected.digest("hex")]);
  });

  it("takes binary output without a line's end", async () => {
    const { stdout } = await reach().run("printf '\\036\\000\\377begin:\\036end:\\036'", runOptions());
    assert.equal(stdout.toString("latin1"), "\x1e\0\xffbegin:\x1eend:\x1e");
  });

  it("bounds its output, and keeps the end of long errors", async () => {
    await assert.rejects(reach().run("yes x", runOptions()), failsAt("output", reach().machine));
    const result = await reach().run("yes x | head -c 1000000 >&2; echo last >&2", runOptions());
    assert.ok(result.stderr.length <= 65536 && result.stderr.endsWith("last\n"));
  });

  it("speaks English, whatever the machine's language", async () => {
    assert.equal((await reach().run('printf %s "$LC_ALL"', runOptions())).stdout.toString(), "C");
  });

  it(`runs ${maxParallel} commands at the same time, each with its own output`, async () => {
    const numbers = Array.from({ length: maxParallel }, (_, index) => index);
    const run = async (number: number) => {
      const { stdout } = await reach().run(`cat; echo ${number}`, runOptions({ input: `in ${number} ` }));
      return stdout.toString();
    };
    const expected = numbers.map((number) => `in ${number} ${number}\n`);
    assert.deepEqual(await Promise.all(numbers.map(run)), expected);
  });
}
