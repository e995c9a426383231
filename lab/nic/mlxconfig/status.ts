/** Exit statuses of mlxconfig: mstflint, mlxconfig/mlxcfg_status.h. */
export const STATUS = { ok: 0, aborted: 2, error: 3, badIndex: 5 } as const;

/** An error of the program's user, already as the program prints it. */
export class ToolError extends Error {}
