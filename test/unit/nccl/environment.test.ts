import assert from "node:assert/strict";
import {
  checkEnvironment,
  hcaList,
  ncclConf,
  unknownVariables,
  visibleDevices,
  withNcclProfile,
} from "../../../core/nccl/environment";
import { NCCL_VARIABLES } from "../../../core/nccl/variables";

describe("NCCL's environment", () => {
  const profile = withNcclProfile("gpudirect", {});
  for (const [line, name, value] of [
    ["S45", "NCCL_IB_DISABLE", "0"],
    ["S46", "NCCL_IGNORE_CPU_AFFINITY", "1"],
    ["S47", "NCCL_BUFFSIZE", "67108864"],
    ["S48", "NCCL_IB_PCI_RELAXED_ORDERING", "1"],
  ] as const) {
    it(`seed ${line}: the profile sets ${name}=${value}, the user's value wins, and none sets nothing`, () => {
      assert.equal(profile[name], value);
      assert.equal(withNcclProfile("gpudirect", { [name]: "2" })[name], "2");
      assert.equal(name in withNcclProfile("none", {}), false);
    });
  }

  it("seed S44: CUDA_VISIBLE_DEVICES counts the GPUs from 0", () => {
    assert.equal(visibleDevices(8), "0,1,2,3,4,5,6,7");
    assert.equal(visibleDevices(1), "0");
  });

  const site: Record<string, { takes: string[]; refuses: string[] }> = {
    NCCL_IB_HCA: {
      takes: ["=mlx5_0,mlx5_1", "mlx5", "^=mlx5_1,mlx5_4", "=mlx5_0:1,mlx5_1:1", "=mlx5_0::0:0", "=rocep23s0"],
      refuses: ["", "=", "mlx5_0,", "mlx5_0;mlx5_1", "mlx5_0 mlx5_1", "=mlx5_0:x", "mlx5/0", many(33, "mlx5_")],
    },
    NCCL_IB_QPS_PER_CONNECTION: { takes: ["1", "4", "128"], refuses: ["0", "129", "four", "-1", "4x", "04", "1.5"] },
    NCCL_IB_GID_INDEX: { takes: ["-1", "0", "3", "255"], refuses: ["-2", "256", "auto", "3 "] },
    NCCL_ALGO: {
      takes: ["Ring", "ring,tree", "^nvls", "ring;allreduce:tree,collnetdirect", "allreduce:^tree", "PAT"],
      refuses: ["rings", "", "ring,", "ring;tree", "allreduce", "scatter:ring", "ring:allreduce", "a:b:ring"],
    },
    NCCL_SOCKET_IFNAME: {
      takes: ["eth0", "=eth0", "^docker,lo", "^=docker0", "ens1f0np0,ens2f0np0", "eth0.100"],
      refuses: ["", "^", "eth0,", "eth0 eth1", "an-interface-name", "==eth0", many(17, "eth")],
    },
    NCCL_SOCKET_NTHREADS: { takes: ["1", "16"], refuses: ["0", "17", "all"] },
    NCCL_CROSS_NIC: { takes: ["0", "1", "2"], refuses: ["3", "true", "-1"] },
  };
  for (const [name, { takes, refuses }] of Object.entries(site)) {
    it(`seed S49: ${name} is unset by default, takes its values, and refuses others by name`, () => {
      assert.equal(name in profile, false);
      for (const value of takes) assert.deepEqual(checkEnvironment({ [name]: value }), [], value);
      for (const value of refuses) {
        const [problem, ...more] = checkEnvironment({ [name]: value });
        assert.equal(problem?.path, `environment.${name}`, `${value} is taken`);
        assert.match(problem.message, /is no value of it; must be /);
        assert.deepEqual(more, []);
      }
    });
  }

  it("refuses wrong values of the profile's variables, all at once", () => {
    const wrong = {
      NCCL_IB_DISABLE: "no",
      NCCL_IGNORE_CPU_AFFINITY: "2",
      NCCL_BUFFSIZE: "64M",
      NCCL_IB_PCI_RELAXED_ORDERING: "3",
      CUDA_VISIBLE_DEVICES: "0,0",
      NCCL_TOPO_FILE: "topology.xml",
      OTHER: "anything",
    };
    assert.deepEqual(
      checkEnvironment(wrong, "env").map(({ path }) => path),
      Object.keys(wrong)
        .filter((name) => name !== "OTHER")
        .map((name) => `env.${name}`),
    );
    for (const value of ["0,1,2", "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", "7"]) {
      assert.deepEqual(checkEnvironment({ CUDA_VISIBLE_DEVICES: value }), [], value);
    }
  });

  it("takes every value of its own profile, and has meaning and source of each variable", () => {
    assert.deepEqual(checkEnvironment(profile), []);
    for (const [name, { meaning, source, allowed }] of Object.entries(NCCL_VARIABLES)) {
      assert.ok(meaning.length > 10 && source.length > 10 && allowed.length > 3, name);
    }
  });

  it("names variables that are misspelt, and no others", () => {
    const names = {
      NCCL_IB_HCAS: "=mlx5_0",
      NCCL_BUFSIZE: "1024",
      nccl_algo: "ring",
      NCCL_IB_QPS_PER_CONECTION: "4",
      NCCL_IB_HCA: "=mlx5_0",
      NCCL_DEBUG: "INFO",
      NCCL_NET_PLUGIN: "none",
      NCCL_SOMETHING_NEW_OF_A_PLUGIN: "1",
      NCCL_IB_TC: "106",
      MY_ALGO: "x",
    };
    assert.deepEqual(unknownVariables(names), [
      { name: "NCCL_IB_HCAS", nearest: "NCCL_IB_HCA" },
      { name: "NCCL_BUFSIZE", nearest: "NCCL_BUFFSIZE" },
      { name: "nccl_algo", nearest: "NCCL_ALGO" },
      { name: "NCCL_IB_QPS_PER_CONECTION", nearest: "NCCL_IB_QPS_PER_CONNECTION" },
    ]);
  });

  it("names no variable that it knows the values of as misspelt, nor one that is like an object's own", () => {
    const known = Object.fromEntries(Object.keys(NCCL_VARIABLES).map((name) => [name, "0"]));
    assert.deepEqual(unknownVariables(known), []);
    assert.deepEqual(checkEnvironment(JSON.parse('{"constructor": "x", "__proto__": "y"}')), []);
  });

  it("is KEY=VALUE lines without blanks or quotes, in one order", () => {
    assert.equal(ncclConf({ NCCL_DEBUG: "WARN", NCCL_ALGO: "ring" }), "NCCL_ALGO=ring\nNCCL_DEBUG=WARN\n");
    assert.equal(ncclConf({}), "");
    assert.equal(hcaList(["mlx5_1", "mlx5_0"]), "=mlx5_1,mlx5_0");
  });
});

function many(count: number, name: string): string {
  return Array.from({ length: count }, (_, index) => `${name}${index}`).join(",");
}
