import { writesAsAWhole } from "../unit/nccl-runtime/faults";

describe("NcclRuntime's write, with each program going wrong", function () {
  this.timeout(300_000);
  writesAsAWhole(1);
});
