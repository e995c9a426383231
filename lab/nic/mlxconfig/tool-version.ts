/**
 * What differs between releases of mstconfig, as far as scripts can see it. Sources: mstflint, mlxconfig/mlxcfg_ui.cpp
 * (printSingleParam, printConfHeader, printOpening, printValue), mlxcfg_parser.cpp and mlxcfg_db_manager.cpp, at the tags
 * v4.21.1-1 (Debian 12's release) and v4.35.0-1.
 */
export interface ToolVersion {
  readonly release: string;
  readonly layout: Layout;
  /** `-j FILE`. */
  readonly json: boolean;
  /** `reset CONFIGURATION`. */
  readonly resetOfOne: boolean;
  /** Configurations that cannot be written are shown with the mark RO; before, they were left out. */
  readonly showsReadOnly: boolean;
  /** Configurations in order of their names; before, in the order of the table. */
  readonly sorted: boolean;
  /** The sentence for a parameter that the table does not have. */
  readonly unknown: (name: string) => string;
}

/** Widths in characters. */
interface Layout {
  readonly label: number;
  readonly name: number;
  readonly value: number;
  /** Where "Default" (or "Current") ends in the header; "Next Boot" alone ends two further. */
  readonly firstHeader: number;
  /** From this width on, a value is followed by one more space. */
  readonly spaceFrom: number;
  /** Before a parameter's name: whether it changes, whether it is read-only. */
  readonly mark: (changes: boolean, readOnly: boolean) => string;
}

export const TOOL_VERSIONS = {
  "4.21.0": {
    release: "4.21.0",
    layout: {
      label: 16,
      name: 36,
      value: 16,
      firstHeader: 36,
      spaceFrom: 17,
      mark: (changes) => (changes ? "*        " : "         "),
    },
    json: false,
    resetOfOne: false,
    showsReadOnly: false,
    sorted: false,
    unknown: (name) => `Unknown Parameter: ${name}`,
  },
  "4.35.0": {
    release: "4.35.0",
    layout: {
      label: 20,
      name: 44,
      value: 20,
      firstHeader: 44,
      spaceFrom: 20,
      mark: (changes, readOnly) => `${changes ? "*" : " "}${readOnly ? "RO" : "  "}     `,
    },
    json: true,
    resetOfOne: true,
    showsReadOnly: true,
    sorted: true,
    unknown: (name) => `Failed to find Param / TLV with name '${name}' port 0 module -1`,
  },
} as const satisfies Record<string, ToolVersion>;

export type ToolRelease = keyof typeof TOOL_VERSIONS;
export const DEFAULT_RELEASE: ToolRelease = "4.35.0";
