/**
 * Variables of NCCL that this product sets or that a site is likely to set: what they do, which values NCCL takes, and
 * where that is said. Sources: NCCL user guide, "Environment Variables" (docs/userguide/source/env.rst), and the file
 * that reads the variable. A value out of these is ignored, clamped or a failed start in NCCL, each without a clear word.
 */
export interface NcclVariable {
  readonly meaning: string;
  /** What the value must be, to follow "must be". */
  readonly allowed: string;
  readonly source: string;
  /** Whether NCCL takes the value. */
  readonly takes: (value: string) => boolean;
}

export const NCCL_VARIABLES: Readonly<Record<string, NcclVariable>> = {
  NCCL_IB_DISABLE: {
    meaning: "Whether InfiniBand and RoCE are not used",
    ...oneOf("0", "1"),
    source: "src/transport/net_ib/init.cc: IB_DISABLE",
  },
  NCCL_IGNORE_CPU_AFFINITY: {
    meaning: "Whether NCCL's threads go by the GPU's CPUs alone, not by those that the job was given",
    ...oneOf("0", "1"),
    source: "src/graph/topo.cc: IGNORE_CPU_AFFINITY",
  },
  NCCL_BUFFSIZE: {
    meaning: "Bytes of each buffer between two GPUs; a power of two is best",
    ...integer(1024, 2_147_483_647, "a number of bytes of 1024 or more"),
    source: "src/init.cc: BUFFSIZE, kept in an int",
  },
  NCCL_IB_PCI_RELAXED_ORDERING: {
    meaning: "PCIe relaxed ordering: 0 off, 1 on (an error where the adapter lacks it), 2 where the adapter has it",
    ...oneOf("0", "1", "2"),
    source: "src/transport/net_ib/init.cc: IB_PCI_RELAXED_ORDERING",
  },
  NCCL_IB_QPS_PER_CONNECTION: {
    meaning: "Queue pairs of each connection",
    ...integer(1, 128, "a number of 1 to 128"),
    source: "src/transport/net_ib/connect.cc: IB_QPS_PER_CONNECTION",
  },
  NCCL_IB_GID_INDEX: {
    meaning: "RoCE: which GID of the port is used; -1 lets NCCL choose",
    ...integer(-1, 255, "-1 (NCCL chooses) or an index of 0 to 255"),
    source: "src/transport/net_ib/connect.cc: IB_GID_INDEX; the verbs' sgid_index has 8 bits",
  },
  NCCL_IB_TC: {
    meaning: "RoCE: traffic class, the DSCP in its upper six bits",
    ...integer(0, 255, "a traffic class of 0 to 255"),
    source: "src/transport/net_ib/connect.cc: IB_TC; the verbs' traffic_class has 8 bits",
  },
  NCCL_IB_SL: {
    meaning: "InfiniBand service level",
    ...integer(0, 15, "a service level of 0 to 15"),
    source: "src/transport/net_ib/connect.cc: IB_SL; the verbs' sl has 4 bits",
  },
  NCCL_IB_HCA: {
    meaning: "RDMA devices to use, or with ^ not to use; with = whole names, without it beginnings of names",
    allowed: 'a list of at most 32 RDMA devices such as "=mlx5_0:1,mlx5_1:1", with ^ before it those not to use',
    source: "src/misc/utils.cc: parseStringList; src/transport/net_ib/common.h: MAX_IB_DEVS 32",
    takes: (value) => listOf(value, /^[\w.-]{1,63}(:\d{0,3}(:\d{0,4}(:\d{0,4})?)?)?$/, 32),
  },
  NCCL_SOCKET_IFNAME: {
    meaning: "Network interfaces of the bootstrap and of sockets; with ^ not to use, with = whole names",
    allowed: 'a list of at most 16 interfaces such as "=eth0" or "^docker,lo"',
    source: "src/misc/utils.cc: parseStringList; src/include/socket.h: MAX_IFS 16; names have 15 characters at most",
    takes: (value) => listOf(value, /^[^\s,/:^=]{1,15}$/, 16),
  },
  NCCL_SOCKET_NTHREADS: {
    meaning: "Helper threads of each connection of the socket transport",
    ...integer(1, 16, "a number of 1 to 16"),
    source: "src/transport/net_socket.cc: MAX_THREADS 16",
  },
  NCCL_CROSS_NIC: {
    meaning: "Whether a ring or tree may change rails: 0 never, 1 always, 2 where that is better",
    ...oneOf("0", "1", "2"),
    source: "src/graph/search.cc: CROSS_NIC",
  },
  NCCL_ALGO: {
    meaning: "Algorithms to use, for all or for some functions",
    allowed:
      'algorithms such as "ring,tree", with ^ before them those not to use, or "ring;allreduce:tree" by function',
    source: "src/init.cc and src/graph/tuning.cc: ncclAlgoStr, ncclFuncStr, parseList",
    takes: takesAlgorithms,
  },
  NCCL_TOPO_FILE: {
    meaning: "Topology file to read in place of /var/run/nvidia-topologyd/virtualTopology.xml",
    allowed: "the absolute path of a file",
    source: "src/graph/topo.cc: ncclTopoGetSystem",
    takes: (value) => /^\/[\x21-\x7e]*[^/]$/.test(value),
  },
  CUDA_VISIBLE_DEVICES: {
    meaning: "GPUs that CUDA programs see, in this order",
    allowed: 'numbers of GPUs without repetition such as "0,1,2", or UUIDs such as "GPU-8932f937"',
    source: "CUDA C++ Programming Guide, CUDA Environment Variables: a number that is no GPU hides all that follow",
    takes: takesDevices,
  },
};

function oneOf(...values: string[]): Pick<NcclVariable, "allowed" | "takes"> {
  return { allowed: values.join(" or "), takes: (value) => values.includes(value) };
}

/** Plain decimal: NCCL reads `010` as eight and stops at the first letter without a word (strtoll, base 0). */
function integer(from: number, to: number, allowed: string): Pick<NcclVariable, "allowed" | "takes"> {
  return {
    allowed,
    takes: (value) => /^(0|-?[1-9]\d{0,9})$/.test(value) && Number(value) >= from && Number(value) <= to,
  };
}

function listOf(value: string, item: RegExp, most: number): boolean {
  const items = value.replace(/^\^?=?/, "").split(",");
  return items.length <= most && items.every((one) => item.test(one));
}

const FUNCTIONS = ["broadcast", "reduce", "allgather", "reducescatter", "allreduce"];
const ALGORITHMS = ["tree", "ring", "collnet", "collnetdirect", "collnetchain", "nvls", "nvlstree", "pat"];

function takesAlgorithms(value: string): boolean {
  return value
    .toLowerCase()
    .split(";")
    .every((entry, index) => {
      const parts = entry.split(":");
      const list = parts.pop() ?? "";
      const named = parts.length === 1 && FUNCTIONS.includes(parts[0] as string);
      const algorithms = list.replace(/^\^/, "").split(",");
      return (named || (index === 0 && parts.length === 0)) && algorithms.every((name) => ALGORITHMS.includes(name));
    });
}

function takesDevices(value: string): boolean {
  const items = value.split(",");
  const all = (item: RegExp) => items.every((one) => item.test(one));
  return new Set(items).size === items.length && (all(/^(0|[1-9]\d{0,2})$/) || all(/^(GPU|MIG)-[0-9A-Za-z/-]{1,80}$/));
}
