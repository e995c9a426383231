/** Files that QEMU is started with. */
export interface RegisterFiles {
  /** The built library. */
  readonly library: string;
  /** Text of registerRules. */
  readonly rules: string;
  /** Made by createLiveFaults; absent where no fault is to be switched while the machine runs. */
  readonly faults?: string;
}

/** Environment of a QEMU whose functions behave by these rules. */
export function registerEnvironment({ library, rules, faults }: RegisterFiles): Record<string, string> {
  return {
    LD_PRELOAD: library,
    GPUDIRECT_LAB_RULES: rules,
    ...(faults === undefined ? {} : { GPUDIRECT_LAB_FAULTS: faults }),
  };
}
