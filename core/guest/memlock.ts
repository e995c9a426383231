/** Default of kernels before 5.16, MLOCK_LIMIT (linux include/uapi/linux/resource.h). */
const OLD_DEFAULT_KIB = 64;

/**
 * Limit of locked memory in KiB of a login session, which no shell of ours has: pam_limits sets it, from limits.conf and
 * then limits.d in the order of names, a later line before an earlier one (pam_limits(8)); what no line sets is as process
 * 1 has it. The lines that count are those for `*`: `*` is for everybody but root, and root's processes have CAP_IPC_LOCK,
 * which the kernel asks before any limit (linux drivers/infiniband/core/umem.c). Lines for single users and groups are not
 * judged, and units have limits of their own (DefaultLimitMEMLOCK). What counts is the soft limit, which is never
 * above the hard one.
 *
 * `lines` are those of limits files whose item is memlock: `DOMAIN TYPE memlock VALUE`; `initLine` is of /proc/1/limits.
 */
export function loginMemlock(lines: readonly string[], initLine: string | undefined): number | "unlimited" {
  let [soft, hard] = initLimits(initLine);
  for (const line of lines) {
    const [domain, type, , text = ""] = line.trim().split(/\s+/);
    const value = limit(text, 1);
    if (domain !== "*" || value === undefined) continue;
    if (type === "soft" || type === "-") soft = value;
    if (type === "hard" || type === "-") hard = value;
  }
  const lowest = Math.min(soft, hard);
  return lowest === Number.POSITIVE_INFINITY ? "unlimited" : lowest;
}

/** `Max locked memory  8388608  8388608  bytes`: soft, then hard. */
function initLimits(line: string | undefined): [soft: number, hard: number] {
  const [, soft = "", hard = ""] = /^Max locked memory\s+(\S+)\s+(\S+)/.exec(line ?? "") ?? [];
  return [limit(soft, 1024) ?? OLD_DEFAULT_KIB, limit(hard, 1024) ?? OLD_DEFAULT_KIB];
}

function limit(text: string, unit: number): number | undefined {
  if (["unlimited", "infinity", "-1"].includes(text)) return Number.POSITIVE_INFINITY;
  return /^\d+$/.test(text) ? Math.floor(Number(text) / unit) : undefined;
}
