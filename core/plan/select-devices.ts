import type { HostEndpoint, HostSwitches } from "../layout/host-switches";
import { joinPath, type Problem } from "../problems";
import type { DeviceKind } from "../topology/device-kind";
import type { GuestRequest } from "./request";
import { selectGpus } from "./select-gpus";
import { pairedNics, selectNics } from "./select-nics";

export interface Selection {
  /** Host addresses in the host's bus order. */
  readonly devices: readonly HostEndpoint[];
  /** Property path of the request that brought a device in. */
  pathOf(device: HostEndpoint): string;
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Resolves what a request names (all, a number, addresses) to functions of the host, and says what it cannot find. */
export function selectDevices(host: HostSwitches, request: GuestRequest): Selection {
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const all = [...host.endpoints.values()];
  const ofKind = (kind: DeviceKind) => all.filter((endpoint) => endpoint.kind === kind);
  const [gpus, nics, nvswitches] = [ofKind("gpu"), ofKind("nic"), ofKind("nvswitch")];
  const named = namedDevices(host, request, problems);
  const wanted = new Set<string>();
  const take = (addresses: Iterable<string>) => {
    for (const address of addresses) wanted.add(address);
  };

  const enough = (path: string, what: string, count: number, there: number): boolean => {
    if (count <= there) return true;
    problems.push({ path, message: `asks for ${count} ${what}, but the host has ${there}; ask for at most ${there}` });
    return false;
  };
  if (request.gpus === "all") take(gpus.map(({ address }) => address));
  else if (typeof request.gpus !== "number") take(named.gpus);
  else if (enough("gpus", "GPUs", request.gpus, gpus.length)) take(selectGpus(gpus, request.gpus));

  const chosen = gpus.filter(({ address }) => wanted.has(address));
  if (request.nics === "all") take(nics.map(({ address }) => address));
  else if (request.nics === "paired") {
    const paired = pairedNics(nics, gpus, wanted);
    if (paired.length === 0 && nics.length > 0 && chosen.length > 0) {
      warnings.push(
        "no NIC shares a switch with a chosen GPU, so none is passed through; name NICs to take them all the same",
      );
    }
    take(paired);
  } else if (typeof request.nics !== "number") take(named.nics);
  else if (enough("nics", "NICs", request.nics, nics.length)) take(selectNics(nics, chosen, request.nics));

  if ((request.nvswitches ?? "all") === "all" && nvswitches.length > 0) {
    if (chosen.length === gpus.length) take(nvswitches.map(({ address }) => address));
    else if (request.nvswitches === "all") {
      problems.push({
        path: "nvswitches",
        message: `all ${nvswitches.length} NVSwitches go only with all ${gpus.length} GPUs, but ${chosen.length} are chosen; take all GPUs or set "none"`,
      });
    } else {
      warnings.push(
        "the NVSwitches stay on the host; NVLink between the chosen GPUs needs a Fabric Manager partition there",
      );
    }
  }
  take(named.devices);
  const pathOf = ({ address, kind }: HostEndpoint) =>
    named.paths.get(address) ?? (kind === "nvswitch" ? "nvswitches" : homeOf(kind));
  return { devices: all.filter(({ address }) => wanted.has(address)), pathOf, problems, warnings };
}

/** Kind that a named list may hold; `devices` takes any function. */
const LISTS = { gpus: "gpu", nics: "nic", devices: undefined } as const;
const WHAT: Record<DeviceKind, string> = {
  gpu: "a GPU",
  nic: "a NIC",
  nvswitch: "an NVSwitch",
  bridge: "a bridge",
  other: "neither a GPU nor a NIC",
};

function namedDevices(host: HostSwitches, request: GuestRequest, problems: Problem[]) {
  const seen = new Map<string, string>();
  const named = { gpus: [] as string[], nics: [] as string[], devices: [] as string[], paths: seen };
  for (const [list, kind] of Object.entries(LISTS) as [keyof typeof LISTS, DeviceKind | undefined][]) {
    const addresses = request[list];
    if (!Array.isArray(addresses)) continue;
    addresses.forEach((address, index) => {
      const path = joinPath(list, index);
      const first = seen.get(address);
      const endpoint = host.endpoints.get(address);
      if (first !== undefined) {
        problems.push({ path, message: `${address} is named twice, first at ${first}; name it once` });
      } else if (endpoint === undefined) {
        problems.push({ path, message: `${address} is no endpoint of the host; ${knownOf(host, kind)}` });
      } else if (kind !== undefined && endpoint.kind !== kind) {
        problems.push({ path, message: `${address} is ${WHAT[endpoint.kind]}; put it in "${homeOf(endpoint.kind)}"` });
      } else named[list].push(address);
      if (first === undefined) seen.set(address, path);
    });
  }
  return named;
}

const homeOf = (kind: DeviceKind): string => (kind === "gpu" ? "gpus" : kind === "nic" ? "nics" : "devices");

function knownOf(host: HostSwitches, kind: DeviceKind | undefined): string {
  const known = [...host.endpoints.values()].filter((endpoint) => kind === undefined || endpoint.kind === kind);
  const shown = known.slice(0, 8).map(({ address }) => address);
  if (shown.length === 0) return `the host has no ${kind === "gpu" ? "GPU" : "NIC"}`;
  return `the host has ${shown.join(", ")}${known.length > shown.length ? ` and ${known.length - shown.length} more` : ""}`;
}
