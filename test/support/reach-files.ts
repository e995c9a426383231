import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type FileToWrite, readFile, removeFile, writeFile } from "../../provider/reach/files";
import { type Reach, ReachError } from "../../provider/reach/reach";
import { eventually } from "./eventually";
import { runOptions } from "./reach-subject";

/** What the tests of files need. */
interface FilesSubject {
  /** Size of a large file, in bytes. */
  readonly bigBytes?: number;
  /** How often a file is replaced while it is read. */
  readonly rounds?: number;
}

/** What files over every implementation of Reach do. The tests run as root of the machine, with folders of their own. */
export function filesConformance(
  name: string,
  reach: () => Reach,
  { bigBytes = 5_000_000, rounds = 20 }: FilesSubject = {},
): void {
  describe(`files: ${name}`, function () {
    this.timeout(180_000);
    let folder = "";
    const options = (signal = new AbortController().signal) => ({ signal, timeoutMs: 120_000, name: "try a file" });
    const sh = async (script: string): Promise<string> => {
      const { exitCode, stdout, stderr } = await reach().run(script, runOptions());
      assert.equal(exitCode, 0, stderr);
      return stdout.toString();
    };
    const write = (file: Omit<FileToWrite, "content"> & { content?: string | Buffer }) =>
      writeFile(reach(), { content: "new", ...file }, options());
    const read = (path: string) => readFile(reach(), path, options());
    const names = async () => {
      // ls of busybox prints "?" for what is not ASCII.
      const list = 'for one in * .[!.]*; do [ ! -e "$one" ] && [ ! -L "$one" ] || printf "%s\\n" "$one"; done';
      return (await sh(`cd ${folder} && ${list}`)).split("\n").filter(Boolean);
    };

    beforeEach(async () => {
      folder = `/tmp/gpudirect-files-${randomBytes(6).toString("hex")}`;
      await sh(`mkdir -m 755 ${folder}`);
    });

    afterEach(async () => {
      await sh(`rm -rf ${folder}`);
    });

    it("makes a file of mode 0644, and reads it", async () => {
      await write({ path: `${folder}/a` });
      assert.deepEqual(await read(`${folder}/a`), {
        content: Buffer.from("new"),
        mode: 0o644,
        owner: "root",
        group: "root",
      });
      assert.deepEqual(await names(), ["a"]);
    });

    it("sets mode, owner and group, also those that change the owner's rights", async () => {
      await sh(`echo old > ${folder}/a`);
      await write({ path: `${folder}/a`, mode: 0o4750, owner: "1234", group: "1235" });
      assert.equal(await sh(`stat -c '%a %u:%g' ${folder}/a; cat ${folder}/a`), "4750 1234:1235\nnew");
      const found = await read(`${folder}/a`);
      assert.deepEqual([found?.mode, found?.owner, found?.group], [0o4750, "1234", "1235"]);
    });

    it("keeps the mode and owner that a file has", async () => {
      await sh(`echo old > ${folder}/a; chown 1234:1235 ${folder}/a; chmod 606 ${folder}/a`);
      await write({ path: `${folder}/a` });
      await write({ path: `${folder}/a`, group: "1236" });
      assert.equal(await sh(`stat -c '%a %u:%g' ${folder}/a`), "606 1234:1236\n");
    });

    it(`writes and reads ${bigBytes} bytes of any kind, and none`, async () => {
      const content = Buffer.concat([Buffer.from([0, 10, 13, 255]), randomBytes(bigBytes - 4)]);
      await write({ path: `${folder}/big`, content });
      assert.ok((await read(`${folder}/big`))?.content.equals(content));
      await write({ path: `${folder}/big`, content: "" });
      assert.equal((await read(`${folder}/big`))?.content.length, 0);
    });

    it("takes paths as they are", async () => {
      const strange = ["a b", "it's", '"', "$HOME", "`id`", "-n", "*", "ü", "\\", "#", "~"];
      for (const one of strange) await write({ path: `${folder}/${one}`, content: one });
      assert.deepEqual((await names()).sort(), [...strange].sort());
      for (const one of strange) {
        assert.equal((await read(`${folder}/${one}`))?.content.toString(), one);
        await removeFile(reach(), `${folder}/${one}`, options());
      }
      assert.deepEqual(await names(), []);
    });

    it("finds nothing where there is nothing, and removes it", async () => {
      for (const path of [`${folder}/none`, `${folder}/none/none`]) {
        assert.equal(await read(path), undefined);
        await removeFile(reach(), path, options());
      }
      await sh(`ln -s none ${folder}/link; touch ${folder}/a`);
      assert.equal(await read(`${folder}/link`), undefined);
      assert.equal(await read(`${folder}/a/below`), undefined);
    });

    it("writes what a symbolic link leads to, and keeps the link", async () => {
      await sh(
        `mkdir ${folder}/far; echo old > ${folder}/far/a; ln -s far/a ${folder}/link; ln -s far/b ${folder}/dangling`,
      );
      await write({ path: `${folder}/link` });
      await write({ path: `${folder}/dangling` });
      const { length } = await names();
      assert.equal(length, 3);
      assert.equal(await sh(`cd ${folder}; readlink link; readlink dangling; cat far/a far/b`), "far/a\nfar/b\nnewnew");
      await removeFile(reach(), `${folder}/link`, options());
      assert.equal(await sh(`cat ${folder}/far/a; ln -s loop ${folder}/loop`), "new");
      await assert.rejects(write({ path: `${folder}/loop` }), /the symbolic link leads to itself/);
    });

    it("makes missing folders only where it is asked to", async () => {
      await assert.rejects(write({ path: `${folder}/x/y/a` }), /try a file: .*x\/y\/a: there is no folder .*\/x\/y\//);
      assert.deepEqual(await names(), []);
      await write({ path: `${folder}/x/y/a`, parents: true });
      assert.equal(await sh(`cat ${folder}/x/y/a; stat -c %a ${folder}/x`), "new755\n");
    });

    it("refuses folders and devices, naming machine, task and path", async () => {
      await sh(`mkdir ${folder}/d; mkfifo ${folder}/f; ln -s d ${folder}/l`);
      for (const path of ["d", "f", "l"].map((one) => `${folder}/${one}`)) {
        const message = `${reach().machine}: try a file: ${path}: it is there, and is no file`;
        await assert.rejects(write({ path }), { message });
        await assert.rejects(read(path), { message });
      }
      await assert.rejects(removeFile(reach(), `${folder}/d`, options()), /try a file: .*\/d/);
      assert.deepEqual((await names()).sort(), ["d", "f", "l"]);
    });

    it("leaves the old file, and nothing beside it, where it fails", async () => {
      await sh(`echo old > ${folder}/a`);
      await assert.rejects(write({ path: `${folder}/a`, owner: "no-such-user" }), /no-such-user/);
      await assert.rejects(write({ path: "/proc/version" }), /try a file: .*\/proc/);
      assert.deepEqual(await names(), ["a"]);
      assert.equal(await sh(`cat ${folder}/a`), "old\n");
    });

    it("refuses paths that are relative or have control characters, and modes that are none", async () => {
      for (const path of ["a", "", "/", "/tmp/", "/a\nb", "/a\0b", "./a"]) {
        await assert.rejects(write({ path }), TypeError);
        await assert.rejects(read(path), TypeError);
        await assert.rejects(removeFile(reach(), path, options()), TypeError);
      }
      for (const mode of [-1, 0o10000, 1.5, Number.NaN]) {
        await assert.rejects(write({ path: `${folder}/a`, mode }), TypeError);
      }
      assert.deepEqual(await names(), []);
    });

    it("shows a reader the old file or the new one, never half of one", async () => {
      const sizes = [40_000, 50_000];
      const contents = sizes.map((size, index) => Buffer.alloc(size, String(index)));
      const path = `${folder}/a`;
      await write({ path, content: contents[0] as Buffer });
      const watch = `while [ ! -e ${folder}/stop ]; do wc -c < ${path}; done | sort -u`;
      const watching = reach().run(watch, runOptions({ timeoutMs: 150_000 }));
      for (let round = 1; round <= rounds; round += 1) await write({ path, content: contents[round % 2] as Buffer });
      await sh(`touch ${folder}/stop`);
      const { stdout, stderr } = await watching;
      assert.equal(stderr, "");
      for (const line of stdout.toString().trim().split("\n")) assert.ok(sizes.includes(Number(line)), line);
    });

    it("leaves the old file, and nothing beside it, when it is cancelled", async () => {
      await sh(`echo old > ${folder}/a`);
      const cancel = new AbortController();
      // A program of the script that never ends keeps it where the new file is there and the old one still in place.
      const path = `${folder}/a`;
      const slow: Reach = Object.assign(Object.create(reach()) as Reach, {
        run: (script: string, more: Parameters<Reach["run"]>[1]) =>
          reach().run(`wc() { : > ${folder}/stands; sleep 300; }\n${script}`, more),
      });
      const writing = writeFile(slow, { path, content: "new" }, options(cancel.signal));
      const ended = assert.rejects(writing, (error: ReachError) => {
        return error instanceof ReachError && error.phase === "cancelled";
      });
      await eventually("the script stands", async () => (await names()).includes("stands"), 30_000);
      assert.equal((await names()).length, 3);
      cancel.abort();
      await ended;
      await eventually("nothing is left beside it", async () => (await names()).join() === "a,stands");
      assert.equal(await sh(`cat ${path}`), "old\n");
    });

    it("refuses content that did not arrive whole", async () => {
      await sh(`echo old > ${folder}/a`);
      const cut: Reach = Object.assign(Object.create(reach()) as Reach, {
        run: (script: string, more: Parameters<Reach["run"]>[1]) => reach().run(script, { ...more, input: "ne" }),
      });
      const writing = writeFile(cut, { path: `${folder}/a`, content: "new" }, options());
      await assert.rejects(writing, /did not arrive whole/);
      assert.deepEqual(await names(), ["a"]);
      assert.equal(await sh(`cat ${folder}/a`), "old\n");
    });
  });
}
