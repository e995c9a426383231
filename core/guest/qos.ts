import type { NicSettings } from "./settings";

/** RoCE QoS of an interface, as NicSettings names it. */
export type Qos = Pick<NicSettings, "trust" | "pfcPriorities" | "dscpPriorities">;

/**
 * What `mlnx_qos -i INTERFACE` printed: `Priority trust state: dscp`, a table `prio:0 dscp:07,06,…`, and below `PFC
 * configuration:` one column for each priority (NVIDIA's MLNX_EN documentation, "Quality of Service").
 */
export function parseQos(lines: readonly string[]): Qos {
  const text = lines.join("\n");
  const [, trust] = /^\s*Priority trust state:\s*(pcp|dscp)\b/im.exec(text) ?? [];
  const [, enabled] = /^\s*PFC configuration:[\s\S]*?^\s*enabled((?:\s+[01])+)\s*$/m.exec(text) ?? [];
  const dscpPriorities: Record<string, number> = {};
  for (const [, priority, list = ""] of text.matchAll(/^\s*prio:([0-7])\s+dscp:([\d,\s]+)$/gm)) {
    for (const dscp of list.match(/\d+/g) ?? []) dscpPriorities[String(Number(dscp))] = Number(priority);
  }
  const columns = enabled?.trim().split(/\s+/) ?? [];
  return {
    ...(trust === undefined ? {} : { trust: trust.toLowerCase() === "dscp" ? "dscp" : "pcp" }),
    ...(enabled === undefined
      ? {}
      : { pfcPriorities: columns.flatMap((column, priority) => (column === "1" ? [priority] : [])) }),
    ...(Object.keys(dscpPriorities).length === 0 ? {} : { dscpPriorities }),
  };
}
