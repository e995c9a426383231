import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sshd, startSshd } from "../../support/sshd";
import type { Stack } from "./stack";
import { secret } from "./values";
import { VirshShim } from "./virsh-shim";

/** This machine, as stacks reach it: directly, or over ssh by another name. */
export interface TestMachine {
  /** Its name in resources: `host`. */
  readonly name: string;
  /** The virsh of the machine: keeps a record of its calls, and holds one. */
  readonly shim: VirshShim;
  /** The server that stacks log in at; undefined where they need none. */
  readonly sshd: Sshd | undefined;
  /** Secrets of the configuration. */
  readonly secrets: readonly string[];
  /** Configures a stack so that it reaches the machine, by the plugin of that name. */
  attach(stack: Stack, plugin: string): Promise<void>;
  close(): Promise<void>;
}

export async function localMachine(): Promise<TestMachine> {
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-test-machine-"));
  const shim = new VirshShim(folder);
  return {
    name: "local",
    shim,
    sshd: undefined,
    secrets: [],
    async attach(stack) {
      stack.firstOnPath = shim.folder;
    },
    async close() {
      await shim.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * @param environment variables of all that runs there; PATH comes before this process's own
 */
export async function sshMachine(
  name = "node7",
  { PATH, ...environment }: Record<string, string> = {},
): Promise<TestMachine & { readonly sshd: Sshd }> {
  const folder = mkdtempSync(join(tmpdir(), "gpudirect-test-machine-"));
  const shim = new VirshShim(folder);
  const path = [PATH, shim.folder, process.env.PATH].filter((part) => part !== undefined).join(":");
  const variables = Object.entries({ PATH: path, ...environment }).map(([variable, value]) => `${variable}=${value}`);
  const sshd = await startSshd({ config: [`SetEnv ${variables.join(" ")}`] });
  return {
    name,
    shim,
    sshd,
    secrets: [sshd.clientKey.split("\n")[1] ?? ""],
    attach: (stack, plugin) => stack.configure({ [`${plugin}:hosts`]: { [name]: hostAt(sshd) } }),
    async close() {
      await shim.kill();
      await sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The machine behind a server, as `hosts` of the configuration has it. */
export function hostAt(sshd: Sshd) {
  const uri = process.env.LIBVIRT_DEFAULT_URI;
  return { ssh: sshAccess(sshd), ...(uri === undefined ? {} : { libvirtUri: uri }) };
}

/** How to log in at a server by key. The tests' own user works there as it does here. */
export const sshAccess = ({ address, port, user, hostKey, clientKey }: Sshd) => ({
  address,
  port,
  user,
  sudo: false,
  hostKeys: [hostKey],
  privateKey: secret(clientKey),
});
