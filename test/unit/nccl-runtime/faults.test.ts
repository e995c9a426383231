import { writesAsAWhole } from "./faults";

// Each call in turn: test/long.
describe("NcclRuntime's write, with every fifth program going wrong", () => writesAsAWhole(5));
