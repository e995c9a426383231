import { PROFILE_GPU, PROFILE_NIC, PROFILE_SYSCTLS } from "../../../../core/guest/profile";
import { type Adapters, FakeSystem, facts, type Values } from "./system";

export const FIRST = "0000:23:00.0";
export const SECOND = "0000:24:00.0";
export const GPU = "0000:41:00.0";

/** Names that no interface of the machine which runs the tests has. */
export const FIRST_NAME = "gdt0";
export const SECOND_NAME = "gdt1";

/** What the profile asks for, in numbers. */
const NIC = { ...PROFILE_NIC, rxRing: 8192, txRing: 4096 };
const GPU_NOW = { persistence: false, applicationClocks: "1215,1410" };
export const SYSCTLS_BEFORE = Object.fromEntries(
  Object.keys(PROFILE_SYSCTLS).map((name) => [name, /tcp_[rw]mem/.test(name) ? "4096 131072 6291456" : "212992"]),
);

export const before: Values = {
  persistent: false,
  sysctls: SYSCTLS_BEFORE,
  interfaces: {
    [FIRST]: {
      mtu: 1500,
      txQueueLength: 1000,
      rxRing: 1024,
      txRing: 1024,
      maxReadRequest: 512,
      trust: "pcp",
      pfcPriorities: [],
    },
    [SECOND]: { mtu: 1500, txQueueLength: 1000, rxRing: 1024, txRing: 1024, maxReadRequest: 512 },
  },
  gpuClocks: { [GPU]: GPU_NOW },
};
export const tuned: Values = {
  persistent: true,
  sysctls: Object.fromEntries(Object.entries(PROFILE_SYSCTLS).map(([name, { value }]) => [name, value])),
  interfaces: {
    [FIRST]: { ...NIC, trust: "dscp", pfcPriorities: [3], dscpPriorities: { "26": 4, "30": 4 } },
    [SECOND]: NIC,
  },
  gpuClocks: {
    [GPU]: { ...PROFILE_GPU, applicationClocks: "1593,1410", lockedGpuClock: 1410, lockedMemoryClock: 1593 },
  },
};

const NETWORKS = "/run/systemd/network";
export const adapters: Adapters = {
  [FIRST]: facts(FIRST_NAME, {
    owner: "networkd",
    ownerProfile: `${NETWORKS}/10-netplan-gdt0.network`,
    netplan: "gdt0",
  }),
  [SECOND]: facts(SECOND_NAME, { owner: "networkd", ownerProfile: `${NETWORKS}/20-all.network` }),
};

/** A system as it is before. */
export function exampleSystem(missing: readonly string[] = []): FakeSystem {
  const system = new FakeSystem(missing);
  for (const [name, value] of Object.entries(before.sysctls)) system.sysctl(name, value);
  for (const [address, name] of [
    [FIRST, FIRST_NAME],
    [SECOND, SECOND_NAME],
  ] as const)
    system.adapter(address, name, { mtu: 1500, txQueueLength: 1000, ring: 1024 });
  system.write(`state/qos/${FIRST_NAME}.trust`, "pcp\n");
  system.write(`state/qos/${FIRST_NAME}.pfc`, "0,0,0,0,0,0,0,0\n");
  system.write(`state/gpu/${GPU}-pm`, "0\n");
  system.write(`state/gpu/${GPU}-ac`, "1215,1410\n");
  system.write(`root${NETWORKS}/10-netplan-gdt0.network`, "[Match]\nName=gdt0\n\n[Network]\nDHCP=ipv4\n");
  system.write(`root${NETWORKS}/20-all.network`, "[Match]\nName=gdt* en*\n\n[Link]\nMTUBytes=1500\n");
  // Files of others.
  system.write("root/etc/sysctl.d/99-sysctl.conf", "net.core.rmem_max = 1\n");
  return system;
}

const few = (values: Values): Values => ({
  persistent: values.persistent,
  sysctls: { "net.ipv4.tcp_sack": values.sysctls["net.ipv4.tcp_sack"] as string },
  interfaces: {
    ...values.interfaces,
    [SECOND]: { mtu: values.interfaces[SECOND]?.mtu } as Values["interfaces"][string],
  },
  gpuClocks: values.gpuClocks,
});
/** Less of it, with every kind of setting. */
export const [fewBefore, fewTuned] = [few(before), few(tuned)];
