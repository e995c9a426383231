import { readFileSync } from "node:fs";
import { join } from "node:path";
import { renderDomain } from "../../core/domain/domain-xml";
import { planGuest } from "../../core/plan/plan-guest";
import { guestRequest } from "../../core/plan/request";
import type { HostTopology, PciDevice } from "../../core/topology/model";
import { readHost } from "../../core/topology/read-host";

const RUNS = 100;
const WARM_UP = 300;
const HOST = join(__dirname, "../../examples/h100-rehearsal/h100.host.json");

export interface PlanTimes {
  /** Median ms from a parsed host to the plan (the domain as a document), 8 GPUs and 8 NICs. */
  readonly small: number;
  /** Median ms of the same for 64 GPUs and 64 NICs, 2 + 2 a switch, 8 root complexes, by that of 8 and 8. */
  readonly ratio: number;
  /** Median ms with the domain's XML written by fast-xml-parser, 8 GPUs and 8 NICs; and the ratio as above. */
  readonly smallWithXml: number;
  readonly ratioWithXml: number;
}

/** How long a plan takes, alone and with its XML written. Prints what it measured. */
export async function benchPlan(): Promise<PlanTimes> {
  const request = guestRequest.parse({ name: "bench" });
  const hosts = { small: readHost(readFileSync(HOST, "utf8"), HOST), large: largeHost() };
  const count = Object.keys(planGuest(hosts.large, request).domain.devices).length;
  if (count !== 128) throw new Error(`the large guest has ${count} devices instead of 128`);
  const plan = (host: HostTopology) => planGuest(host, request).domain;
  const [small, large] = [medianOf(() => plan(hosts.small)), medianOf(() => plan(hosts.large))];
  const withXml = [hosts.small, hosts.large].map((host) => medianOf(() => renderDomain(plan(host))));
  const [smallWithXml = 0, largeWithXml = 0] = withXml;
  const print = (what: string, first: number, second: number) =>
    process.stdout.write(
      `${what} of 8 GPUs + 8 NICs: ${first.toFixed(2)} ms, of 64 + 64: ${second.toFixed(2)} ms (median of ${RUNS})\n`,
    );
  print("plan", small, large);
  print("plan and XML", smallWithXml, largeWithXml);
  return { small, ratio: large / small, smallWithXml, ratioWithXml: largeWithXml / smallWithXml };
}

function medianOf(work: () => void): number {
  for (let run = 0; run < WARM_UP; run++) work();
  return median(
    Array.from({ length: RUNS }, () => {
      const begin = performance.now();
      work();
      return performance.now() - begin;
    }),
  );
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

const hex = (value: number): string => value.toString(16).padStart(2, "0");

/** 8 root complexes on 2 nodes, a PCI domain each, with 4 switches of 2 GPUs and 2 NICs. */
function largeHost(): HostTopology {
  const bridge = (address: string, port: PciDevice["port"], children: PciDevice[]): PciDevice => ({
    address,
    class: "060400",
    port,
    children,
  });
  const pciRoots = Array.from({ length: 8 }, (_, domain) => {
    const prefix = `000${domain}`;
    const switches = Array.from({ length: 4 }, (_, index) => {
      const first = 16 + index * 8;
      const endpoints = Array.from({ length: 4 }, (_, port): PciDevice => {
        const isGpu = port % 2 === 0;
        const device = {
          address: `${prefix}:${hex(first + 2 + port)}:00.0`,
          class: isGpu ? "030200" : "020700",
          vendor: isGpu ? "10de" : "15b3",
          bars: [{ index: 0, sizeBytes: 2 ** (isGpu ? 37 : 25), is64Bit: true, prefetchable: true }],
          iommuGroup: domain * 16 + index * 4 + port,
        };
        return bridge(`${prefix}:${hex(first + 1)}:0${port}.0`, "downstream-port", [device]);
      });
      return bridge(`${prefix}:00:0${index + 1}.0`, "root-port", [
        bridge(`${prefix}:${hex(first)}:00.0`, "upstream-port", endpoints),
      ]);
    });
    return { address: `${prefix}:00`, numaNode: domain >> 2, devices: switches };
  });
  const numaNodes = [0, 1].map((id) => ({
    id,
    cpus: `${id * 56}-${id * 56 + 55},${112 + id * 56}-${167 + id * 56}`,
    threadSiblings: Array.from({ length: 56 }, (_, core) => `${id * 56 + core},${112 + id * 56 + core}`),
    socket: id,
    memoryMiB: 1048576,
    distances: { "0": id === 0 ? 10 : 21, "1": id === 0 ? 21 : 10 },
    hugepages: { "1048576": 960 },
  }));
  return { format: "gpudirect-host", version: 1, source: "made for the benchmark", numaNodes, pciRoots };
}
