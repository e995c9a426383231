import { equal } from "node:assert/strict";
import { ncclVariables, pamVariables } from "../../../core/nccl-runtime/env-file";
import { FakeGuest } from "./fake-guest";
import { Managed } from "./managed";

describe("A file of variables", () => {
  const readings: [string, string | undefined, string | undefined][] = [
    // line, as NCCL reads A, as pam_env reads A
    ["A=1", "1", "1"],
    ["A=1\nA=2", "1", "2"],
    ["A==x", "=x", "=x"],
    ["#A=1", undefined, undefined],
    [" A=1", undefined, "1"],
    ["export A=1", undefined, "1"],
    ["A =1", undefined, undefined],
    ['A="1 2"', '"1 2"', "1 2"],
    ["A='1'# one", "'1'# one", "1"],
    // pam_env takes the blanks for part of the value.
    ["A='1'  # one", "'1'  # one", "1'  "],
    ["A=1 # one", "1 # one", "1 "],
    ["A=1 ", "1 ", "1"],
    ["B=1\\\nA=2", "2", undefined],
    // What is in between does not count, and what has no end is not read.
    ["A=1\\\n2", "1\\", "12"],
    ["A='1\\ \n\n# one\n,2'", "'1\\ ", "1,2"],
    ["A=1#\\\nB=2", "1#\\", "1"],
    ["A=1\n# one \\\nA=2", "1", "2"],
    ["A=1\nA=2\\\n", "1", "1"],
    ["A=1\r", "1\r", "1"],
    ["A=", "", ""],
    ["A", undefined, undefined],
  ];
  for (const [text, nccl, pam] of readings) {
    it(`${JSON.stringify(text)} is read as its readers do`, () => {
      equal(ncclVariables(text).get("A"), nccl);
      equal(pamVariables(text).get("A"), pam);
    });
  }

  const writings: [string, string][] = [
    ["", "CUDA_VISIBLE_DEVICES=0,1\n"],
    ["A=1", "CUDA_VISIBLE_DEVICES=0,1\nA=1"],
    ["A=1\n\n", "A=1\n\nCUDA_VISIBLE_DEVICES=0,1\n"],
    ["CUDA_VISIBLE_DEVICES=7\nCUDA_VISIBLE_DEVICES=6", "CUDA_VISIBLE_DEVICES=7\nCUDA_VISIBLE_DEVICES=0,1"],
    ["\texport CUDA_VISIBLE_DEVICES='7'#x=\n", "\texport CUDA_VISIBLE_DEVICES='0,1'#x=\n"],
    // With these blanks the line would say something else.
    ["CUDA_VISIBLE_DEVICES='7' #x=\nA=1\n", "CUDA_VISIBLE_DEVICES='7' #x=\nA=1\nCUDA_VISIBLE_DEVICES=0,1\n"],
    ["CUDA_VISIBLE_DEVICES=0,1 # x\nA=1", "CUDA_VISIBLE_DEVICES=0,1 # x\nCUDA_VISIBLE_DEVICES=0,1\nA=1"],
    ["A=1\nCUDA_VISIBLE_DEVICES=0,1 # x", "A=1\nCUDA_VISIBLE_DEVICES=0,1 # x\nCUDA_VISIBLE_DEVICES=0,1"],
    ["CUDA_VISIBLE_DEVICES=7 \n# CUDA_VISIBLE_DEVICES=6\n", "CUDA_VISIBLE_DEVICES=0,1 \n# CUDA_VISIBLE_DEVICES=6\n"],
    ['CUDA_VISIBLE_DEVICES=""\n', 'CUDA_VISIBLE_DEVICES="0,1"\n'],
    ["A=&\\1\r\n\u00e9=%s\n", "A=&\\1\r\n\u00e9=%s\nCUDA_VISIBLE_DEVICES=0,1\n"],
    ['A=1\r\nCUDA_VISIBLE_DEVICES="7"\r\n', 'A=1\r\nCUDA_VISIBLE_DEVICES="0,1"\r\n'],
    ["CUDA_VISIBLE_DEVICES=7\r", "CUDA_VISIBLE_DEVICES=0,1\r"],
    // A line that goes on stays whole, and ours after it counts.
    ["CUDA_VISIBLE_DEVICES=7,\\\n8\nA=1\n", "CUDA_VISIBLE_DEVICES=7,\\\n8\nA=1\nCUDA_VISIBLE_DEVICES=0,1\n"],
    ["CUDA_VISIBLE_DEVICES=7,\\ \n\n#\n8", "CUDA_VISIBLE_DEVICES=7,\\ \n\n#\n8\nCUDA_VISIBLE_DEVICES=0,1"],
    ['CUDA_VISIBLE_DEVICES="7\n', 'CUDA_VISIBLE_DEVICES="7\nCUDA_VISIBLE_DEVICES=0,1\n'],
    // Ours have no blanks: a line that has some is somebody's own.
    ['CUDA_VISIBLE_DEVICES="7\nCUDA_VISIBLE_DEVICES=7 \n', 'CUDA_VISIBLE_DEVICES="7\nCUDA_VISIBLE_DEVICES=0,1 \n'],
    ["CUDA_VISIBLE_DEVICES=0,\\\n1\n", "CUDA_VISIBLE_DEVICES=0,\\\n1\n"],
    ["# one \\\nCUDA_VISIBLE_DEVICES=7\n", "# one \\\nCUDA_VISIBLE_DEVICES=0,1\n"],
    // After a line that goes on beyond the end, ours would be a part of it.
    ["A=1\nCUDA_VISIBLE_DEVICES=7\\\n", "A=1\nCUDA_VISIBLE_DEVICES=0,1\nCUDA_VISIBLE_DEVICES=7\\\n"],
    ["A=b\\\nCUDA_VISIBLE_DEVICES=7\n", "A=b\\\nCUDA_VISIBLE_DEVICES=7\nCUDA_VISIBLE_DEVICES=0,1\n"],
  ];
  for (const shell of [["dash"], ["busybox", "sh"]] as const) {
    for (const [before, after] of writings) {
      it(`${JSON.stringify(before)} changes in one line, and back (${shell[0]})`, async () => {
        const guest = new FakeGuest();
        try {
          guest.shell = shell;
          const runtime = new Managed(guest);
          guest.file("/etc/environment", before);
          const program = { profile: "none", socketInterface: "none" };
          const first = await runtime.observe(runtime.inputs(program));
          await runtime.up(program);
          equal(guest.read("/etc/environment"), after);
          await runtime.destroy(program, first);
          equal(guest.read("/etc/environment"), before);
        } finally {
          guest.close();
        }
      });
    }
  }
});
