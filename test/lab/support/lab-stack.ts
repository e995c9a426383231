import type { LabHost } from "../../../lab/client/lab-host";
import { type AnyResource, Stack, type StackOptions, secret } from "../../engine/support/stack";
import { bmcOf } from "./bmc";

/** Name of the lab host in the stacks' configuration. */
export const HOST = "hgx";

/** How a stack reaches a lab host: by ssh, and its BMC with the pinned certificate. */
export async function hostsOf(host: LabHost): Promise<Record<string, object>> {
  const { ssh, bmc } = await host.status();
  const { url, user } = await bmcOf(host);
  return {
    [HOST]: {
      ssh: { address: host.name, configFile: ssh.configFile },
      bmc: {
        address: url,
        user: user.userName,
        password: secret(user.password),
        certificateSha256: bmc.certificateSha256,
      },
    },
  };
}

/** A stack that is configured for a lab host. */
export async function labStack(host: LabHost, options: StackOptions = {}): Promise<Stack> {
  const stack = new Stack(options);
  await stack.init();
  await stack.configure({ "gpudirect:hosts": await hostsOf(host) });
  return stack;
}

/** A resource on the lab host. */
export const on = (type: string, args: object, options: AnyResource["options"] = {}): AnyResource => ({
  type: `gpudirect:index:${type}`,
  args: { host: HOST, ...args },
  options,
});

/** Steps of a preview that change nothing. */
const UNCHANGED = ["same", "read", "refresh"];

/** What a plain preview would change: `KIND PATH` by resource name, replacements and deletions of whole resources too. */
export async function plannedChanges(stack: Stack): Promise<Record<string, string[]>> {
  const changed = (await stack.steps()).filter(({ op }) => !UNCHANGED.includes(op));
  const byName = changed.map(({ op, urn, detailedDiff }) => {
    const paths = Object.entries(detailedDiff ?? {}).map(([path, { kind }]) => `${kind} ${path}`);
    return [urn.split("::").pop() ?? urn, op === "update" ? paths.sort() : [op]] as const;
  });
  return Object.fromEntries(byName);
}
