import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { DEFAULT_TOPOLOGY_FILE, NCCL_CONF } from "../../../core/nccl-runtime/files";
import { bootPath } from "../../../core/nccl-runtime/tmpfiles";

/** A container must have at NCCL's places what the guest has there; /var/run is /run on the guest alone. */
describe("The mounts that the documentation gives containers", () => {
  const text = readFileSync(join(__dirname, "../../../docs/nccl-runtime.md"), "utf8");
  const mounts = [
    [NCCL_CONF, NCCL_CONF],
    [posix.dirname(bootPath(DEFAULT_TOPOLOGY_FILE)), posix.dirname(DEFAULT_TOPOLOGY_FILE)],
  ];

  it("are right for Docker and Podman", () => {
    deepEqual(
      [...text.matchAll(/^ {2}-v (\S+):(\S+):ro /gm)].map(([, from, to]) => [from, to]),
      mounts,
    );
  });

  it("are right for Kubernetes", () => {
    const paths = (pattern: RegExp) =>
      new Map([...text.matchAll(pattern)].map(([, name, path]): [string, string] => [name ?? "", path ?? ""]));
    const targets = paths(/- \{ name: (\S+), mountPath: (\S+), readOnly: true \}/g);
    const sources = paths(/- name: (\S+)\n {6}hostPath: \{ path: (\S+), /g);
    deepEqual(
      [...sources].map(([name, from]) => [from, targets.get(name)]),
      mounts,
    );
  });
});
