import type { GuestReading } from "./reading";
import type { GpuDirectReport } from "./settings";

/** First kernel with the DMA-BUF of RDMA devices that GPUDirect RDMA uses (NVIDIA's GPUDirect RDMA documentation). */
const DMA_BUF_KERNEL = [5, 12] as const;

/** What GPUDirect RDMA needs of a system besides settings, and what of it is not there. */
export function gpuDirectReport(reading: GuestReading): GpuDirectReport {
  const { driver, memlockKiB } = reading;
  const { version } = reading.fabricManager;
  return {
    ...(driver === undefined ? {} : { driver: driver.version }),
    peerMemory: peerMemory(reading),
    fabricManager: fabricManagerState(reading),
    ...(version === undefined ? {} : { fabricManagerVersion: version }),
    memlockKiB,
    problems: [...gpuProblems(reading), ...fabricProblems(reading), ...rdmaProblems(reading)],
  };
}

function peerMemory({ hasPeerMemoryModule, driver, kernel }: GuestReading): GpuDirectReport["peerMemory"] {
  if (hasPeerMemoryModule) return "nvidia-peermem";
  const [, major = "0", minor = "0"] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  const [needsMajor, needsMinor] = DMA_BUF_KERNEL;
  const isNew = Number(major) > needsMajor || (Number(major) === needsMajor && Number(minor) >= needsMinor);
  return driver?.isOpen === true && isNew ? "dma-buf" : "none";
}

function fabricManagerState({ hasNvSwitch, fabricManager }: GuestReading): GpuDirectReport["fabricManager"] {
  if (!hasNvSwitch) return "not needed";
  if (fabricManager.isRunning) return "running";
  return fabricManager.isThere ? "stopped" : "missing";
}

const NO_GPU = "there is no NVIDIA GPU on the PCI bus; pass one through to this system";
const GPUS_OF_GUESTS =
  'all NVIDIA GPUs of this system are bound to vfio-pci, for its guests; where it is to have none itself, set gpus to "none"';

function gpuProblems(reading: GuestReading): string[] {
  const { gpuAddresses, driver, smiComplaint } = reading;
  if (gpuAddresses.length === 0) return [reading.hasPassedGpu ? GPUS_OF_GUESTS : NO_GPU];
  if (driver === undefined) {
    return ["no NVIDIA kernel driver is loaded; install one, with the open kernel modules where the GPUs take them"];
  }
  const silent = smiComplaint === undefined ? [] : [`nvidia-smi reports no GPU: ${smiComplaint}`];
  if (peerMemory(reading) !== "none") return silent;
  return [
    ...silent,
    "NICs cannot reach GPU memory: load nvidia-peermem (modprobe nvidia-peermem), or install NVIDIA's open kernel modules on Linux 5.12 or newer, which offer DMA-BUF",
  ];
}

function fabricProblems(reading: GuestReading): string[] {
  const { driver, fabricManager } = reading;
  switch (fabricManagerState(reading)) {
    case "missing":
      return [
        `the NVSwitches need NVIDIA Fabric Manager${driver === undefined ? "" : ` ${driver.version}`}; install it (package nvidia-fabricmanager) and start it`,
      ];
    case "stopped":
      return ["NVIDIA Fabric Manager does not run; start it: systemctl enable --now nvidia-fabricmanager"];
    case "running":
      return fabricManager.version === undefined || driver === undefined || fabricManager.version === driver.version
        ? []
        : [
            `NVIDIA Fabric Manager is of version ${fabricManager.version} and the driver of ${driver.version}; install that of the driver's version`,
          ];
    case "not needed":
      return [];
  }
}

const NO_RDMA_DEVICE =
  "there is no RDMA device; pass a NIC through to this system and load its RDMA driver, such as mlx5_ib";

/** Those problems of a report that are not about GPUs. */
export function problemsBesideGpus({ problems, memlockKiB }: GpuDirectReport): string[] {
  const own = [NO_RDMA_DEVICE, ...memlockProblems(memlockKiB)];
  return problems.filter((problem) => own.includes(problem));
}

const rdmaProblems = ({ hasRdmaDevice, memlockKiB }: GuestReading): string[] =>
  hasRdmaDevice ? memlockProblems(memlockKiB) : [NO_RDMA_DEVICE];

function memlockProblems(memlockKiB: GpuDirectReport["memlockKiB"]): string[] {
  if (memlockKiB === "unlimited") return [];
  return [
    `login sessions may lock ${memlockKiB} KiB of memory, and RDMA registers more; set "* - memlock unlimited" in a file below /etc/security/limits.d`,
  ];
}
