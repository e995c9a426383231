import { at, linkAt, textAt } from "./json";

/** What the service root says, which anyone may read (DSP0266, "Service root"). Paths without a slash at their end. */
export interface ServiceRoot {
  /** `Dell`, `HPE`, …; empty where the BMC does not say. */
  readonly vendor: string;
  readonly systems: string | undefined;
  readonly registries: string;
  readonly tasks: string | undefined;
  /** Where sessions are made; undefined where the BMC has none. */
  readonly sessions: string | undefined;
  /** What to add to a collection's path for its members' contents in the same answer; empty where that is not offered. */
  readonly expand: string;
}

export const ROOT_PATH = "/redfish/v1/";

export function serviceRootOf(document: unknown): ServiceRoot {
  return {
    vendor: textAt(document, "Vendor") ?? Object.keys(Object(at(document, "Oem")))[0] ?? "",
    systems: linkAt(document, "Systems"),
    registries: linkAt(document, "Registries") ?? `${ROOT_PATH}Registries`,
    tasks: linkAt(document, "Tasks"),
    sessions: linkAt(document, "Links", "Sessions"),
    expand: expandOf(document),
  };
}

function expandOf(document: unknown): string {
  const offered = at(document, "ProtocolFeaturesSupported", "ExpandQuery");
  const how = at(offered, "ExpandAll") === true ? "*" : at(offered, "NoLinks") === true ? "." : undefined;
  if (how === undefined) return "";
  return `?$expand=${how}${at(offered, "Levels") === true ? "($levels=1)" : ""}`;
}
