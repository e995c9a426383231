/** What tells one start of a domain from all others. */
export interface StartFacts {
  /** Of the host: /proc/sys/kernel/random/boot_id. */
  readonly bootId: string;
  /** libvirt's number of the running domain. A restarted libvirtd may count anew while nothing runs. */
  readonly domainId: string;
  /** /proc/PID/stat of the domain's QEMU process, where it could be read. */
  readonly processStat?: string | undefined;
}

/** A name for one start of a domain: another one at each start, the same for as long as it runs. */
export function startIdOf({ bootId, domainId, processStat }: StartFacts): string {
  const startTime = processStat === undefined ? undefined : startTimeIn(processStat);
  return [bootId, domainId, ...(startTime === undefined ? [] : [startTime])].join("/");
}

/**
 * Field 22, the start of the process in clock ticks after boot (proc_pid_stat(5)); undefined where the text has none. Field
 * 2 is the program's name in parentheses and may hold anything, so fields are counted after the last ")", from 3.
 */
export function startTimeIn(processStat: string): string | undefined {
  const fields = processStat
    .slice(processStat.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const startTime = fields[22 - 3];
  return startTime !== undefined && /^\d+$/.test(startTime) ? startTime : undefined;
}
