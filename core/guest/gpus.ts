import type { ProbeSections } from "../topology/probe-sections";
import { formatClocks } from "./clock-ranges";
import { parseGpuRecord, type RememberedGpu } from "./gpu-record";
import {
  type ApplicationClocks,
  parseApplicationClocks,
  parseCards,
  parseSupportedClocks,
  type SmiCard,
  type SupportedClocks,
} from "./nvidia-smi";
import type { GpuFacts, GpuSettings } from "./settings";

/** An NVIDIA GPU that its driver reports: what it is, and how it is set now. */
export interface CardReading {
  readonly facts: GpuFacts;
  readonly settings: GpuSettings;
}

/** GPUs by PCI address, in the order of nvidia-smi. */
export function readCards(probe: ProbeSections): Map<string, CardReading> {
  const clocks = parseApplicationClocks(probe.lines("smi-application-clocks"));
  const supported = parseSupportedClocks(probe.lines("smi-supported-clocks"));
  const remembered = parseGpuRecord(probe.lines("gpu-record"));
  const cards = parseCards(probe.lines("smi-cards"));
  return new Map(
    [...cards].map(([address, card]) => [
      address,
      cardReading(
        card,
        clocks.get(address) ?? { lacks: "nvidia-smi tells no application clocks of it" },
        supported.get(address),
        remembered.get(address) ?? { settings: {}, unsupported: {} },
      ),
    ]),
  );
}

/**
 * The driver's word comes first, what is remembered second: of locked clocks and the override of CUDA's clocks no driver
 * tells. The highest clocks are the highest supported ones, else those that the card is made for.
 */
function cardReading(
  card: SmiCard,
  clocks: ApplicationClocks,
  supported: SupportedClocks | undefined,
  remembered: RememberedGpu,
): CardReading {
  const [memory, graphics] = [...(supported ?? [])][0] ?? [];
  const [maxMemoryClock, maxGraphicsClock] = [memory ?? card.maxMemoryClock, graphics?.[0] ?? card.maxGraphicsClock];
  const { persistence: _persistence, applicationClocks: _clocks, ...untold } = remembered.settings;
  const unsupported = {
    ...remembered.unsupported,
    ...(card.persistence === undefined ? { persistence: "the card has no persistence mode" } : {}),
    ...("lacks" in clocks ? { applicationClocks: clocks.lacks } : {}),
  };
  return {
    facts: {
      name: card.name,
      driverVersion: card.driverVersion,
      index: card.index,
      ...(maxMemoryClock === undefined ? {} : { maxMemoryClock }),
      ...(maxGraphicsClock === undefined ? {} : { maxGraphicsClock }),
      ...(supported === undefined ? {} : { supportedClocks: formatClocks(supported) }),
      unsupported,
    },
    settings: {
      ...(card.persistence === undefined ? {} : { persistence: card.persistence }),
      ...("clocks" in clocks ? { applicationClocks: clocks.clocks } : {}),
      ...untold,
    },
  };
}
