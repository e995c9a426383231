// npm run bench:guest: round trips and time of the resources of a guest. Exit code 1 when a goal is missed.

import type { AnyResourceDefinition } from "../../../provider/protocol/definition";
import { guestTuningDefinition } from "../../../provider/resources/guest-tuning/definition";
import { ncclRuntimeDefinition } from "../../../provider/resources/nccl-runtime/definition";
import { DebianGuest } from "../../../test/guest/support/debian-guest";
import { DATA } from "../../../test/guest/support/interfaces";
import { TOPOLOGY } from "../../../test/guest/support/nccl-files";
import { addRdmaDevices } from "../../../test/guest/support/rdma-devices";
import { type LifeCosts, lifeCosts } from "./life";

/** Most round trips. */
const GOALS: Partial<Record<keyof LifeCosts, number>> = { observe: 1, apply: 2 };
const WHAT: Readonly<Record<keyof LifeCosts, string>> = {
  observe: "observe",
  apply: "apply, and the look after it",
  create: "create as a whole",
  refresh: "refresh without changes",
  destroy: "destroy as a whole",
};

const nics = DATA.map(({ pciAddress }) => pciAddress);
const SUBJECTS: readonly { readonly definition: AnyResourceDefinition; readonly args: object }[] = [
  { definition: guestTuningDefinition, args: { nics } },
  { definition: ncclRuntimeDefinition, args: { topology: TOPOLOGY, rails: nics, environment: { MY_SITE: "x" } } },
];

async function main(): Promise<void> {
  const guest = await DebianGuest.start({ owner: "networkd", name: "bench" });
  try {
    await addRdmaDevices(guest);
    for (const [way, host] of [
      ["SSH", guest.bySsh],
      ["the guest agent", guest.byAgent],
    ] as const) {
      for (const { definition, args } of SUBJECTS) {
        const costs = await lifeCosts(definition, guest.hosts(), { host, ...args });
        process.stdout.write(`${tableOf(`${definition.token.split(":").pop()} by ${way}`, costs)}\n`);
      }
    }
  } finally {
    guest.stop();
  }
}

function tableOf(title: string, costs: LifeCosts): string {
  const row = (what: string, ...cells: readonly (string | number)[]): string =>
    `${what.padEnd(36)}${cells.map((cell) => String(cell).padStart(8)).join("")}`;
  const rows = (Object.keys(WHAT) as (keyof LifeCosts)[]).map((key) => {
    const { trips, ms } = costs[key];
    const goal = GOALS[key];
    const missed = goal !== undefined && trips > goal;
    if (missed) process.exitCode = 1;
    return `${row(WHAT[key], trips, ms.toFixed(0), goal ?? "")}${missed ? "  missed" : ""}`.trimEnd();
  });
  return [row(title, "trips", "ms", "goal"), ...rows, ""].join("\n");
}

void main();
