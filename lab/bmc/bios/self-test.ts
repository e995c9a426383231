import type { Modes } from "../modes";
import type { BmcState, Outcome } from "../state";
import { changes } from "./check-settings";

/** Why the system starts: a reset keeps power on, a power cycle had it off. */
export type StartKind = "reset" | "powerCycle";

/**
 * What a power-on self-test makes of a BMC's state: scheduled settings take effect or are refused, their task ends, a
 * one-time boot override is used up.
 */
export function afterSelfTest(state: BmcState, modes: Modes, kind: StartKind, time: string): BmcState {
  const booted: BmcState =
    state.boot.enabled === "Once" ? { ...state, boot: { ...state.boot, enabled: "Disabled", target: "None" } } : state;
  const takesEffect = state.scheduledBy !== null && (modes.appliesAtReset || kind === "powerCycle");
  if (!takesEffect) return booted;

  const refused = Object.keys(state.pending).filter((name) => modes.refused.includes(name));
  const accepted = Object.fromEntries(Object.entries(state.pending).filter(([name]) => !refused.includes(name)));
  return {
    ...booted,
    current: { ...state.current, ...accepted },
    pending: {},
    scheduledBy: null,
    outcome: outcomeOf(state, refused, time),
    tasks: state.tasks.map((task) =>
      task.id === state.scheduledBy
        ? {
            ...task,
            state: refused.length > 0 ? "Exception" : "Completed",
            endTime: time,
            message: refused.length > 0 ? `Not set: ${refused.join(", ")}` : "Settings are in force",
          }
        : task,
    ),
  };
}

function outcomeOf(state: BmcState, refused: readonly string[], time: string): Outcome {
  if (refused.length === 0) return { time, messages: [{ key: "Success", args: [], relatedProperties: [] }] };
  return {
    time,
    messages: refused.map((name) => ({
      key: "PropertyValueIncorrect" as const,
      args: [name, String(state.pending[name])],
      relatedProperties: [`#/Attributes/${name}`],
    })),
  };
}

/** The state with settings written: those that differ from the ones in force wait, the others are forgotten. */
export function withPending(state: BmcState, wanted: BmcState["pending"]): BmcState {
  return { ...state, pending: changes({ ...state.pending, ...wanted }, state.current) };
}
