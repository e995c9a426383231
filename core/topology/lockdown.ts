export type LockdownMode = "none" | "integrity" | "confidentiality";

/**
 * Mode of the kernel's lockdown, from /sys/kernel/security/lockdown, which marks it: `none [integrity] confidentiality`
 * (linux security/lockdown/lockdown.c). Undefined where there is no such file.
 */
export function lockdownMode(text: string | undefined): LockdownMode | undefined {
  return /\[(none|integrity|confidentiality)\]/.exec(text ?? "")?.[1] as LockdownMode | undefined;
}
