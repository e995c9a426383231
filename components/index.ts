export * from "../sdk/nodejs";
export { GpuVm, type GpuVmArgs } from "./gpu-vm";
