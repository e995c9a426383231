/** The text of core/nic/parameter-table.ts. */
export function tableModule(lines: readonly string[], version: string): string {
  return `/**
 * Written by tools/nic-parameters from mlxconfig_host.db (SQLite) of Debian's package mstflint ${version}: names, types,
 * values, limits and dependencies of the parameters that users can name. One parameter a line: NAME, kind with its width
 * in bits, values or limits, conditions on other parameters. \`@P\` is one of each port (its name ends in _P1, _P2), \`@M\` of
 * each module, \`*8\` an array of eight. A text rather than an object: the plug-in starts without reading it.
 */
export const PARAMETER_TABLE = \`
${lines.join("\n")}
\`;
`;
}
