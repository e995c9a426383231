import type { PlainObject } from "../../../core/diff/plain";
import type { Problem } from "../../../core/problems";
import { checkConfiguration } from "../../../provider/inventory/check";
import { configuration } from "../../../provider/inventory/shapes";
import { checkShape } from "../../../provider/protocol/check";

/** A configuration as CheckConfig sees it: with defaults, and everything that is wrong with it. */
export function checked(config: PlainObject): { config: PlainObject; problems: Problem[] } {
  const { inputs, problems } = checkShape(configuration, config);
  return { config: inputs, problems: [...problems, ...checkConfiguration(inputs)] };
}

/** The problems by path. */
export const problemsOf = (config: PlainObject): Record<string, string> =>
  Object.fromEntries(checked(config).problems.map(({ path, message }) => [path, message]));
