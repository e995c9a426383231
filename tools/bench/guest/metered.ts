import type { AnyResourceDefinition, ResourceContext } from "../../../provider/protocol/definition";
import { type Cost, costOf } from "./cost";
import { CountingReach } from "./counting-reach";

/** One call of a definition's hook, as the protocol layer made it. */
export interface HookCall extends Cost {
  readonly hook: "observe" | "apply";
}

/** A definition whose looks and writes are written down, each with the round trips of its own. */
export function metered(definition: AnyResourceDefinition, calls: HookCall[]): AnyResourceDefinition {
  const meter = async <T>(
    hook: HookCall["hook"],
    context: ResourceContext,
    work: (context: ResourceContext) => Promise<T>,
  ): Promise<T> => {
    const { trips, ms, result } = await costOf((onTrip) => {
      const { machine } = context;
      return work({ ...context, machine: { ...machine, reach: new CountingReach(machine.reach, onTrip) } });
    });
    calls.push({ hook, trips, ms });
    return result;
  };
  return {
    ...definition,
    observe: (context, ...others) => meter("observe", context, (own) => definition.observe(own, ...others)),
    apply: (context, ...others) => meter("apply", context, (own) => definition.apply(own, ...others)),
  };
}
