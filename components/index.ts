export * from "../sdk/nodejs";
export { GpuVm, type GpuVmArgs } from "./gpu-vm";
export type { GuestReachArgs } from "./guest-reach";
export type { GuestSoftwareArgs } from "./guest-software";
