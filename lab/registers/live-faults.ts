import { closeSync, openSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { Refusal } from "../../core/problems";
import type { TrainedLink } from "../hardware/hardware";
import type { MachinePlan } from "../machine/machine-plan";
import { functionsByAddress, linkFault } from "./trained-links";

/** What befalls a function while the machine runs. */
export type LiveFault =
  /** Fallen off the bus: all reads answer ones, writes are lost; a bridge takes all that is behind it along. */
  | { readonly kind: "off-the-bus" }
  /** The link trained down, at both of its ends. */
  | { readonly kind: "trained"; readonly link: TrainedLink };

/** By host file address. */
export type LiveFaults = ReadonlyMap<string, LiveFault>;

/** `struct fault` of pci-registers.c: off the bus, speed, width, unused; one record after a header of the same size. */
const RECORD = 4;
const HEADER = Buffer.from("GDLF");

/**
 * Makes the faults file of a machine, before its start, with all functions sound. A QEMU that has the file of an
 * earlier start keeps that one.
 */
export function createLiveFaults(path: string, plan: MachinePlan): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, Buffer.concat([HEADER, faultRecords(plan, new Map())]));
  renameSync(fresh, path);
}

/**
 * Makes these the machine's faults, whatever they were; it sees them at its next access. They survive a reset of the
 * machine, as a broken card does.
 * @throws Refusal where an address is none of the host file's functions
 */
export function writeLiveFaults(path: string, plan: MachinePlan, faults: LiveFaults): void {
  const records = faultRecords(plan, faults);
  const descriptor = openSync(path, "r+");
  try {
    writeSync(descriptor, records, 0, records.length, HEADER.length);
  } finally {
    closeSync(descriptor);
  }
}

function faultRecords(plan: MachinePlan, faults: LiveFaults): Buffer {
  const functions = functionsByAddress(plan);
  refuseUnknown(functions, faults);
  const trained = new Map([...faults].flatMap(([at, fault]) => (fault.kind === "trained" ? [[at, fault.link]] : [])));
  const gone = new Set<string>();
  const records = Buffer.alloc(plan.functions.length * RECORD);
  plan.functions.forEach((planned, index) => {
    const { address } = planned.device;
    const off =
      faults.get(address)?.kind === "off-the-bus" || (planned.parent !== undefined && gone.has(planned.parent));
    if (off) gone.add(address);
    const link = linkFault(planned, functions, trained as ReadonlyMap<string, TrainedLink>);
    records.set([off ? 1 : 0, link?.generation ?? 0, link?.width ?? 0, 0], index * RECORD);
  });
  return records;
}

function refuseUnknown(functions: ReadonlyMap<string, unknown>, faults: LiveFaults): void {
  const problems = [...faults.keys()]
    .filter((address) => !functions.has(address))
    .map((address) => ({
      path: `faults["${address}"]`,
      message: `the host has no function ${address}; give an address of the host file`,
    }));
  if (problems.length > 0) throw new Refusal(problems);
}
