import { joinPath, type Problem } from "../problems";
import { parseRanges } from "./clock-ranges";
import { missingProgram } from "./needed-programs";
import { GPU_SETTINGS, resolveClocks } from "./resolve-gpus";
import { entriesOf, fieldOf, selectedGpus } from "./selection";
import type { GpuFacts, GpuSetting, GpuSettings } from "./settings";
import type { ObservedTuning, TuningInputs } from "./tuning-shape";

/** What of the GPUs' settings cannot be on this system. */
export function gpuRefusals(observed: ObservedTuning, wanted: TuningInputs): Problem[] {
  const clocks = entriesOf(resolveClocks(observed, wanted)).flatMap(([address, settings]) => {
    const facts = observed.cards[address];
    if (facts === undefined) return [];
    return GPU_SETTINGS.flatMap((name) => {
      const message = unsupportedClock(address, facts, name, fieldOf(settings, name));
      return message === undefined ? [] : [{ path: sourceOf(observed, wanted, address, name), message }];
    });
  });
  return [...missingCards(observed, wanted), ...clocks];
}

/** What of them is left out because a card does not have it, or is done to no card. */
export function gpuWarnings(observed: ObservedTuning, wanted: TuningInputs): string[] {
  const { cards, gpuAddresses } = observed;
  const silent = gpuAddresses.filter((address) => !Object.hasOwn(cards, address));
  const leftAlone = wanted.gpus === "all" && Object.keys(cards).length > 0 ? silent : [];
  return [
    ...Object.entries(cards).flatMap(([address, facts]) => omissions(observed, wanted, address, facts)),
    ...leftAlone.map((address) => `GPU ${address} is left as it is: the NVIDIA driver does not report it`),
  ];
}

function omissions(observed: ObservedTuning, wanted: TuningInputs, address: string, facts: GpuFacts): string[] {
  const own = entriesOf(wanted.gpuClocks).find(([one]) => one === address)?.[1];
  const general = selectedGpus(observed, wanted).includes(address) ? wanted.gpuSettings : undefined;
  const isLacking = (name: GpuSetting) => Object.hasOwn(facts.unsupported, name);
  const settings = GPU_SETTINGS.filter((name) => (fieldOf(own, name) ?? fieldOf(general, name)) !== undefined);
  const lacking = settings.filter(isLacking).map((name) => `${name} (${facts.unsupported[name]})`);
  const resolved = resolveClocks(observed, wanted)[address];
  const untold = settings.filter((name) => !isLacking(name) && fieldOf(resolved, name) === undefined);
  const card = `GPU ${address} (${facts.name})`;
  return [
    ...(lacking.length === 0 ? [] : [`${card} does not support ${lacking.join(", ")}: left out`]),
    ...(untold.length === 0 ? [] : [`${card} does not tell its highest clocks: left out are ${untold.join(", ")}`]),
  ];
}

/** GPUs that are named and not there, and GPUs without a driver that tells of them. */
function missingCards(observed: ObservedTuning, wanted: TuningInputs): Problem[] {
  const { cards, gpuAddresses, missingPrograms } = observed;
  const { gpus } = wanted;
  const has = gpuAddresses.length === 0 ? "it has none" : `it has ${gpuAddresses.join(", ")}`;
  const hasSettings = entriesOf(wanted.gpuSettings as Record<string, unknown>).length > 0;
  const noDriver = (which: string) =>
    missingPrograms.includes("nvidia-smi")
      ? missingProgram("nvidia-smi", which, 'install the NVIDIA driver that has it, or set gpus to "none"')
      : `the NVIDIA driver does not report ${which}; see that it is loaded and has the GPU (nvidia-smi), or set gpus to "none"`;
  const problem = (path: string, address: string): Problem[] => {
    if (Object.hasOwn(cards, address)) return [];
    const isOnBus = gpuAddresses.includes(address);
    const message = isOnBus
      ? noDriver(`GPU ${address}`)
      : `there is no NVIDIA GPU ${address} on this system, or vfio-pci holds it for a guest; ${has}`;
    return [{ path, message }];
  };
  const isSilent = gpus === "all" && hasSettings && gpuAddresses.length > 0 && Object.keys(cards).length === 0;
  return [
    ...(isSilent ? [{ path: "gpus", message: noDriver(`tuning the GPUs ${gpuAddresses.join(", ")}`) }] : []),
    ...(Array.isArray(gpus)
      ? gpus.flatMap((one, at) => (typeof one === "string" ? problem(joinPath("gpus", at), one) : []))
      : []),
    ...entriesOf(wanted.gpuClocks).flatMap(([address]) => problem(joinPath("gpuClocks", address), address)),
  ];
}

/** Why a card cannot have a clock; undefined also where it does not tell which it supports. */
function unsupportedClock(address: string, facts: GpuFacts, name: GpuSetting, value: unknown): string | undefined {
  if (value === "max") {
    return `GPU ${address} (${facts.name}) does not tell its highest clocks; name a clock, or leave it out`;
  }
  if (facts.supportedClocks === undefined) return undefined;
  const table = new Map(entriesOf(facts.supportedClocks).map(([memory, text]) => [Number(memory), parseRanges(text)]));
  const memories = [...table.keys()].sort((a, b) => b - a);
  const graphics = [...new Set([...table.values()].flat())].sort((a, b) => b - a);
  const card = `GPU ${address} (${facts.name})`;
  if (name === "lockedMemoryClock" && typeof value === "number" && !table.has(value)) {
    return `${card} supports memory clocks of ${memories.join(", ")} MHz, not ${value}; name one of them, or "max"`;
  }
  if (name === "lockedGpuClock" && typeof value === "number" && !graphics.includes(value)) {
    return `${card} supports no graphics clock of ${value} MHz; ${nearest(graphics, value)}`;
  }
  if (name !== "applicationClocks" || typeof value !== "string") return undefined;
  const [memory = 0, core = 0] = value.split(",").map(Number);
  const list = table.get(memory);
  if (list === undefined) {
    return `${card} supports memory clocks of ${memories.join(", ")} MHz, not ${memory}; name one of them, or "max"`;
  }
  return list.includes(core)
    ? undefined
    : `${card} supports no graphics clock of ${core} MHz at a memory clock of ${memory} MHz; ${nearest(list, core)}`;
}

function nearest(clocks: readonly number[], wanted: number): string {
  const close = [...clocks].sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted)).slice(0, 2);
  return `next to it are ${close.join(" and ")}. nvidia-smi -q -d SUPPORTED_CLOCKS lists all; "max" is the highest`;
}

/** The input that asks for a clock; what resolveSettings filled in is answered where the user wrote it. */
function sourceOf(observed: ObservedTuning, wanted: TuningInputs, address: string, name: GpuSetting): string {
  const own = fieldOf<GpuSettings, GpuSetting>(entriesOf(wanted.gpuClocks).find(([one]) => one === address)?.[1], name);
  const general = fieldOf(resolveClocks(observed, { ...wanted, gpuClocks: {} })[address], name);
  const isOwn = own !== undefined && own !== general;
  return isOwn ? joinPath(joinPath("gpuClocks", address), name) : joinPath("gpuSettings", name);
}
