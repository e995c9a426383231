import { readFileSync } from "node:fs";
import { join } from "node:path";
import { contentsOf } from "./contents";
import type { DebianGuest } from "./debian-guest";

const DOCS = join(__dirname, "..", "..", "..", "docs", "nccl-runtime.md");

/** The mounts `FROM:TO` that the documentation gives to a container. */
export function documentedMounts(): string[] {
  const mounts = [...readFileSync(DOCS, "utf8").matchAll(/^ +-v (\S+):ro /gm)].map(([, mount = ""]) => mount);
  if (mounts.length !== 2) throw new Error(`the documentation has other mounts: ${mounts.join(", ")}`);
  return mounts;
}

/** As Debian's images have it: nothing of the guest's but programs. */
const makeRoot = (root: string): string => `
set -e
mkdir -p ${root}/etc ${root}/proc ${root}/run ${root}/usr ${root}/var
ln -sfn /run ${root}/var/run
for name in bin lib lib64 sbin; do ln -sfn usr/$name ${root}/$name; done
`;

/** A process with a root and mounts of its own, as a container's, that runs until it is stopped. */
export class Container {
  private constructor(
    private readonly guest: DebianGuest,
    private readonly name: string,
  ) {}

  static async start(guest: DebianGuest, name: string, mounts: readonly string[]): Promise<Container> {
    const root = `/run/container-${name}`;
    const binds = ["/usr", ...mounts].map((one) => `BindReadOnlyPaths=${one}`);
    const flags = ["Type=exec", `RootDirectory=${root}`, ...binds].map((one) => `-p ${one}`).join(" ");
    await guest.run(`${makeRoot(root)}systemd-run --quiet --unit=container-${name} ${flags} /usr/bin/sleep infinity`);
    return new Container(guest, name);
  }

  /** Files as the container sees them. */
  contents(...paths: string[]): Promise<string[]> {
    const enter = `nsenter --target $(systemctl show -P MainPID container-${this.name}) --mount --root sh -s`;
    return contentsOf(paths, (command) => this.guest.run(enter, command));
  }

  async stop(): Promise<void> {
    await this.guest.run(`systemctl stop container-${this.name} && rm -r /run/container-${this.name}`);
  }
}
