import { DATA } from "./interfaces";
import type { NicValues } from "./live-values";
import { SEED_NICS } from "./seed-values";

const [, , THIRD] = DATA;

/** A way to tune the guest, and what its NICs have then. */
export interface Way {
  readonly args: { readonly nicSettings: object; readonly interfaces: object; readonly sysctls: object };
  readonly nics: Readonly<Record<string, NicValues>>;
}

export const ONE_WAY: Way = {
  args: { nicSettings: {}, interfaces: {}, sysctls: { "net.core.rmem_max": "4194304" } },
  nics: SEED_NICS,
};

/** Differs from the other way in every kind of setting: what fails is an update from one to the other. */
export const OTHER_WAY: Way = {
  args: {
    nicSettings: { mtu: 4000, txQueueLength: 3000, rxRing: 192, txRing: 128, maxReadRequest: 1024 },
    // virtio-net takes powers of 2.
    interfaces: { [THIRD.pciAddress]: { rxRing: 128 } },
    sysctls: { "net.core.rmem_max": "2097152" },
  },
  nics: Object.fromEntries(
    DATA.map((nic) => [
      nic.name,
      { mtu: 4000, txqueuelen: 3000, rx: nic === THIRD ? 128 : 192, tx: 128, maxReadReq: 1024 },
    ]),
  ),
};

/** Arguments of a way with further ones; in its own maps the further entries count. */
export function argumentsOf(way: Way, more: { readonly [arg: string]: object } = {}): Record<string, object> {
  const own = Object.entries(way.args).map(([name, value]): [string, object] => [name, { ...value, ...more[name] }]);
  return { ...more, ...Object.fromEntries(own) };
}
