import { joinPath, type Problem } from "../problems";
import { isBelowProcSys, sysctlFile } from "./observe-script";
import { entriesOf } from "./selection";
import type { NicSettings } from "./settings";
import type { TuningInputs } from "./tuning-shape";

/** Problems of inputs beyond their shapes; looks at those fields that are there. */
export function checkTuning({ nics, gpus, nicSettings, interfaces, sysctls }: Partial<TuningInputs>): Problem[] {
  return [
    ...namedTwice("nics", nics),
    ...namedTwice("gpus", gpus),
    ...(nicSettings === undefined ? [] : qosProblems("nicSettings", nicSettings)),
    ...entriesOf(interfaces ?? {}).flatMap(([address, own]) => qosProblems(joinPath("interfaces", address), own)),
    ...strayNames(sysctls ?? {}),
    ...sameParameter(sysctls ?? {}),
  ];
}

function namedTwice(path: string, list: string | readonly string[] | undefined): Problem[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((address: string, at) =>
    list.indexOf(address) === at
      ? []
      : [{ path: joinPath(path, at), message: `${address} is named twice; name it once` }],
  );
}

function qosProblems(path: string, { trust, dscpPriorities }: NicSettings): Problem[] {
  if (trust !== "pcp" || dscpPriorities === undefined) return [];
  const message = 'has no effect with trust "pcp", where the VLAN tag decides; set trust to "dscp", or leave this out';
  return [{ path: joinPath(path, "dscpPriorities"), message }];
}

/** Dots and slashes change places in a name, so that one may lead out of /proc/sys. */
function strayNames(sysctls: Readonly<Record<string, string>>): Problem[] {
  const message =
    'is no name of a parameter below /proc/sys: its parts may not be empty, "." or "..", nor may it begin with "-"; name it as sysctl does, such as net.ipv4.conf.eth0/100.arp_filter for the interface eth0.100';
  return Object.keys(sysctls)
    .filter((name) => !isBelowProcSys(name))
    .map((name) => ({ path: joinPath("sysctls", name), message }));
}

/** A parameter may be written with dots or slashes; two values for one would take turns. */
function sameParameter(sysctls: Readonly<Record<string, string>>): Problem[] {
  const first = new Map<string, string>();
  return Object.keys(sysctls).flatMap((name) => {
    const other = first.get(sysctlFile(name));
    if (other === undefined) {
      first.set(sysctlFile(name), name);
      return [];
    }
    return [{ path: joinPath("sysctls", name), message: `is the same parameter as ${other}; name it once` }];
  });
}
