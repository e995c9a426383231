import { z } from "zod";
import type { Owner } from "../../../core/ownership/owner";
import type { PreviousValue } from "../../../core/ownership/previous";

/** What a machine remembers of settings that a stack has written: whose they are, and what was there before. */
export interface OwnershipRecord {
  readonly owner: Owner;
  /** Whether the thing was there before the first write. */
  readonly existed: boolean;
  /** Values of the places written, and of those found as wanted, as they were before. */
  readonly previous: readonly PreviousValue[];
}

const record = z.object({
  version: z.literal(1),
  id: z.string(),
  owner: z.object({ stack: z.string(), urn: z.string(), claim: z.string() }),
  existed: z.boolean(),
  previous: z.array(
    z.object({
      keys: z.array(z.union([z.string(), z.number()])),
      value: z.unknown().optional(),
      secret: z.literal(true).optional(),
    }),
  ),
});

/** The record as a file on the machine: JSON that an administrator can read. Secret values are left out. */
export function formatRecord(id: string, { owner, existed, previous }: OwnershipRecord): string {
  const values = previous.map(({ keys, value, secret }) => (secret ? { keys, secret } : { keys, value }));
  return `${JSON.stringify({ version: 1, id, owner, existed, previous: values }, undefined, 2)}\n`;
}

/** @throws Error where the text is no record, naming its file */
export function parseRecord(text: string, path: string, machine: string): OwnershipRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not JSON: the same answer as for JSON that is no record.
  }
  const { data, success } = record.safeParse(json);
  if (!success) {
    throw new Error(
      `${machine}: ${path} is no record of ownership that this version can read; look at it and move it away`,
    );
  }
  return { owner: data.owner, existed: data.existed, previous: data.previous as PreviousValue[] };
}
