import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type GuestPlan, planGuest } from "../../../core/plan/plan-guest";
import { type GuestRequest, type GuestRequestInput, guestRequest } from "../../../core/plan/request";
import { type Problem, Refusal } from "../../../core/problems";
import type { HostTopology, PciDevice } from "../../../core/topology/model";
import { readHost } from "../../../core/topology/read-host";

const ROOT = join(__dirname, "../../..");
const OURS = join(ROOT, "test/topologies");
const ORIGINALS = join(ROOT, "../shared/topologies");

export const hostAt = (path: string): HostTopology => readHost(readFileSync(path, "utf8"), path);
export const h100 = (): HostTopology => hostAt(join(ROOT, "examples/h100-rehearsal/h100.host.json"));

/** The machines of test/topologies, and the public files that their facts come from where a clone has them. */
export function realMachines(): { name: string; host: HostTopology }[] {
  const files = (folder: string, ending: string) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => ({ name, host: hostAt(join(folder, name)) }));
  const originals = existsSync(ORIGINALS) ? files(ORIGINALS, ".xml") : [];
  if (originals.length === 0)
    console.log("    the original NCCL topology files are not here: only our own are planned");
  return [...files(OURS, ".host.json"), ...originals];
}

export const ask = (input: Partial<GuestRequestInput> = {}): GuestRequest =>
  guestRequest.parse({ name: "vm", ...input });
export const planned = (host: HostTopology, input: Partial<GuestRequestInput> = {}): GuestPlan =>
  planGuest(host, ask(input));

/** The problems of a request that must be refused. */
export function refused(host: HostTopology, input: Partial<GuestRequestInput> = {}): Problem[] {
  try {
    planned(host, input);
  } catch (error) {
    assert.ok(error instanceof Refusal, `${(error as Error).stack} is no Refusal`);
    return [...error.problems];
  }
  return assert.fail("was planned, but should have been refused");
}

/** The function at an address, to be changed in a test's own copy of a host. */
export function functionAt(host: HostTopology, address: string): PciDevice {
  const stack = host.pciRoots.flatMap(({ devices }) => devices);
  for (let device = stack.pop(); device; device = stack.pop()) {
    if (device.address === address) return device;
    stack.push(...(device.children ?? []));
  }
  return assert.fail(`the host has no function ${address}`);
}
