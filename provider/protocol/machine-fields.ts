import { z } from "zod";
import type { AnyResourceDefinition } from "./definition";
import { InvalidRequest } from "./errors";

/** What every resource on a machine has, beside what its definition says. */

/** Names become the first part of ids: no "/". */
export const machineName = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$/,
    'must be 1 to 63 letters, digits, ".", "_" or "-", and begin with a letter, a digit or "_"',
  );

const host = machineName
  .default("local")
  .describe("Machine by its name in the provider's `hosts`; `local` is the machine that the provider runs on");

const restoreOnDelete = z
  .boolean()
  .default(true)
  .describe("Whether a delete puts back what was there before the first write");

/** Fields that say how to work, which no machine knows. */
export const COMMON_KEPT = ["connection", "restoreOnDelete"] as const;

interface Shapes {
  readonly inputs: z.ZodObject;
  readonly outputs: z.ZodObject;
}

const composed = new WeakMap<AnyResourceDefinition, Shapes>();

/** Inputs and outputs of a resource with the fields that all of them have. Made once. */
export function shapesOf(definition: AnyResourceDefinition, connection: z.ZodObject): Shapes {
  let shapes = composed.get(definition);
  if (!shapes) {
    const common = {
      connection: connection
        .optional()
        .describe("How the machine is reached, in place of what the provider's configuration has for `host`"),
      ...(definition.ownerIn ? {} : { restoreOnDelete }),
    };
    shapes = {
      inputs: z.strictObject({ host, ...definition.inputs.shape, ...common }),
      outputs: z.strictObject({ host, ...definition.outputs.shape, ...common }),
    };
    composed.set(definition, shapes);
  }
  return shapes;
}

/** `node7/domain/train-0` */
export function formatId(machine: string, kind: string, key: string): string {
  return `${machine}/${kind}/${key}`;
}

/** Machine and key of an id. @throws InvalidRequest where it is no id of that kind: an import may bring anything. */
export function parseId(id: string, kind: string): { machine: string; key: string } {
  const [machine = "", found = "", ...rest] = id.split("/");
  const key = rest.join("/");
  if (machine === "" || found !== kind || key === "") {
    throw new InvalidRequest(`${JSON.stringify(id)} is no id of this type; it reads HOST/${kind}/NAME`);
  }
  return { machine, key };
}
