import { joinPath, Refusal } from "../problems";
import { zodProblems } from "../zod-problems";
import { hostProblems } from "./check-host";
import { MAX_PCI_DEPTH, refuseLongText, refuseProblems } from "./input-limits";
import { HOST_FILE_VERSION, type HostTopology, hostTopology } from "./model";

export { formatHostFile } from "./host-file-text";

/** Nesting of JSON values in a host file whose PCI tree has the deepest nesting read, two levels per function. */
const MAX_JSON_DEPTH = 2 * MAX_PCI_DEPTH + 8;

/**
 * Reads a host file: JSON of `HostTopology`, version 1.
 * @throws Refusal with every problem found and its property path
 */
export function parseHostFile(text: string): HostTopology {
  refuseLongText(text, "host file");
  const value = parseJson(text);
  refuseOtherFormats(value);
  const parsed = hostTopology.safeParse(value);
  refuseProblems(parsed.success ? hostProblems(parsed.data) : zodProblems(parsed.error));
  return parsed.data as HostTopology;
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = `the host file is not JSON: ${(error as Error).message.slice(0, 200)}; make one with "gpudirect discover"`;
    throw new Refusal([{ path: "", message }]);
  }
  if (deeperThan(value, MAX_JSON_DEPTH)) {
    const message = `PCI functions are nested deeper than ${MAX_PCI_DEPTH}; no PCI tree is that deep`;
    throw new Refusal([{ path: "", message }]);
  }
  return value;
}

function deeperThan(value: unknown, limit: number): boolean {
  let level: object[] = [value].filter((item) => typeof item === "object" && item !== null) as object[];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((item) => Object.values(item).filter((inner) => typeof inner === "object" && inner !== null));
  }
  return false;
}

/** Another format or version is the one problem worth telling: the rest of the file is then read by other rules. */
function refuseOtherFormats(value: unknown): void {
  const { format, version } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (format !== "gpudirect-host") {
    const found = format === undefined ? "is missing" : `is ${JSON.stringify(format)?.slice(0, 60)}`;
    const message = `${found}, but a host file says "gpudirect-host"; make one with "gpudirect discover"`;
    throw new Refusal([{ path: joinPath("", "format"), message }]);
  }
  if (version !== HOST_FILE_VERSION) {
    const found = version === undefined ? "is missing" : `is ${JSON.stringify(version)?.slice(0, 60)}`;
    const advice =
      typeof version === "number" && version > HOST_FILE_VERSION
        ? "use a newer gpudirect, or make the file again with this one's discover command"
        : 'make the file again with "gpudirect discover"';
    const message = `${found}, but this reads version ${HOST_FILE_VERSION}; ${advice}`;
    throw new Refusal([{ path: joinPath("", "version"), message }]);
  }
}
