import { assertDiscovered } from "./support/discovered";
import { bootedHost } from "./support/hosts";

describe("the default lab host, read by gpudirect discover over SSH", function () {
  this.timeout(900_000);

  it("is the host file's tree", async () => assertDiscovered(await bootedHost(), "h100"));
});
