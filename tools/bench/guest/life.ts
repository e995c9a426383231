import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { configuration, createInventory } from "../../../provider/inventory";
import { reaches } from "../../../provider/inventory/reaches";
import { provider as definitionOf } from "../../../provider/package";
import type { AnyResourceDefinition } from "../../../provider/protocol/definition";
import { EngineLog } from "../../../provider/protocol/log";
import { Provider } from "../../../provider/protocol/provider";
import { check } from "../../../provider/protocol/rpc-check";
import { diff } from "../../../provider/protocol/rpc-diff";
import { read } from "../../../provider/protocol/rpc-read";
import { create, remove } from "../../../provider/protocol/rpc-write";
import { Workshop } from "../../../provider/protocol/work";
import type { Reach } from "../../../provider/reach/reach";
import { type Cost, costOf, sum } from "./cost";
import { CountingReach } from "./counting-reach";
import { type HookCall, metered } from "./metered";

/** What the life of one resource on a guest has cost: looks and writes alone, and whole requests of the engine. */
export interface LifeCosts {
  readonly observe: Cost;
  /** With the look after it. */
  readonly apply: Cost;
  readonly create: Cost;
  readonly refresh: Cost;
  readonly destroy: Cost;
}

/** Creates, refreshes and destroys a resource, as the engine asks for it, over a connection that is there already. */
export async function lifeCosts(
  definition: AnyResourceDefinition,
  hosts: Record<string, object>,
  args: object,
): Promise<LifeCosts> {
  const calls: HookCall[] = [];
  let onTrip = (): void => undefined;
  const count = (reach: Reach): Reach => new CountingReach(reach, () => onTrip());
  const counting = {
    ...reaches,
    ssh: (...given: Parameters<typeof reaches.ssh>) => count(reaches.ssh(...given)),
    guest: (...given: Parameters<typeof reaches.guest>) => count(reaches.guest(...given)),
  };
  const provider = new Provider(
    {
      ...definitionOf("0.0.0"),
      resources: [metered(definition, calls)],
      inventory: (config) => createInventory(config, counting),
    },
    new Workshop(new EngineLog(undefined)),
  );
  provider.configure(configuration.parse({ hosts }), (text) => text);
  const measured = <T>(work: () => Promise<T>) =>
    costOf((counted) => {
      calls.length = 0;
      onTrip = counted;
      return work();
    });

  try {
    const urn = `urn:pulumi:bench::bench::${definition.token}::it`;
    const checked = await check(
      provider,
      new pb.CheckRequest().setUrn(urn).setNews(Struct.fromJavaScript({ ...args })),
    );
    const failures = checked.getFailuresList().map((failure) => failure.getReason());
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const inputs = checked.getInputs();

    const life = async () => {
      const created = await measured(() => create(provider, new pb.CreateRequest().setUrn(urn).setProperties(inputs)));
      const [, ...writing] = hooks(calls, ["observe", "apply", "observe"]);
      const [id, outputs] = [created.result.getId(), created.result.getProperties()];
      const refreshed = await measured(async () => {
        const seen = new pb.ReadRequest().setUrn(urn).setId(id).setInputs(inputs).setProperties(outputs);
        const now = (await read(provider, seen)).getProperties();
        const plan = new pb.DiffRequest().setUrn(urn).setId(id).setOlds(now).setNews(inputs).setOldInputs(inputs);
        return diff(provider, plan);
      });
      const looking = hooks(calls, ["observe"]);
      if (refreshed.result.getChanges() !== pb.DiffResponse.DiffChanges.DIFF_NONE) {
        throw new Error(`${definition.token} is not settled: ${refreshed.result.getDiffsList().join(", ")}`);
      }
      const gone = new pb.DeleteRequest().setUrn(urn).setId(id).setProperties(outputs).setOldInputs(inputs);
      return {
        observe: sum(looking),
        apply: sum(writing),
        create: created,
        refresh: refreshed,
        destroy: await measured(() => remove(provider, gone)),
      };
    };
    // The first life connects, and finds the guest's files unread.
    await life();
    return await life();
  } finally {
    await provider.inventory.close();
  }
}

/** The calls, which have to be these: what is measured is else another thing than the table says. */
function hooks(calls: readonly HookCall[], expected: readonly HookCall["hook"][]): HookCall[] {
  const found = calls.map(({ hook }) => hook).join(", ");
  if (found !== expected.join(", ")) throw new Error(`expected ${expected.join(", ")}; there was ${found}`);
  return [...calls];
}
