import { knownParameter } from "./known-parameters";
import { normalValue, type ParameterValue, type WrittenValue } from "./parameter-value";

export const PROFILES = ["vmPassthrough"] as const;
export type Profile = (typeof PROFILES)[number];

/**
 * What an adapter needs whose peers are GPUs of the same virtual machine: the settings that this provider grew from, which
 * were measured there with ConnectX-6. Names and numbers are those of mstflint's table: P2P_ORDERING_MODE 1 is SECURE_NONE,
 * PCI_WR_ORDERING 0 is per_mkey, MAX_ACC_OUT_READ is in KiB.
 */
const PROFILE_PARAMETERS: Readonly<Record<Profile, Readonly<Record<string, number>>>> = {
  vmPassthrough: {
    ADVANCED_PCI_SETTINGS: 1,
    MAX_ACC_OUT_READ: 44,
    PCI_WR_ORDERING: 0,
    P2P_ORDERING_MODE: 1,
    ATS_ENABLED: 1,
    RDMA_SELECTIVE_REPEAT_EN: 1,
  },
};

/** Named parameters in their normal form, and those of the profile that are not named. */
export function withProfile(
  profile: Profile | undefined,
  named: Readonly<Record<string, WrittenValue>>,
): Record<string, ParameterValue> {
  const own = Object.entries(named).map(([name, value]): [string, ParameterValue] => [
    name,
    normalValue(value, knownParameter(name)),
  ]);
  return { ...(profile === undefined ? {} : PROFILE_PARAMETERS[profile]), ...Object.fromEntries(own) };
}

/** Whether a parameter is wanted because of the profile. One that the user names with the profile's value counts so. */
export const isOfProfile = (profile: unknown, name: string, value: unknown): boolean =>
  PROFILES.some((known) => known === profile && PROFILE_PARAMETERS[known][name] === value);
