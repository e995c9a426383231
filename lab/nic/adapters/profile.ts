/** What the firmware of one kind of adapter is and is able to do. All of it is data; the behaviour is in ../card.ts. */
export interface AdapterProfile {
  /** PCI device id, lower-case hexadecimal; the vendor is 15b3. */
  readonly device: string;
  /** As `mlxconfig` prints it after "Device type:" (mstflint, dev_mgt/tools_dev_types.c). */
  readonly type: string;
  /** The decimal device id in names such as /dev/mst/mt4129_pciconf0 (same file, sw_dev_id). */
  readonly softwareId: number;
  /** Part number and sentence that the firmware's image information gives: "Name:" and "Description:". */
  readonly partNumber: string;
  readonly description: string;
  readonly firmware: string;
  readonly psid?: string;
  /** TLVs that this firmware knows, besides all capability TLVs. */
  readonly configurations: readonly string[];
  /** Of these, the ones that can be read but not written. */
  readonly readOnly: readonly string[];
  /** "tlv.parameter" of capability TLVs; what is not named is 0. */
  readonly capabilities: Readonly<Record<string, number>>;
  /** Factory values by mlxconfig name, without port; what is not named is 0. Arrays are filled with the value. */
  readonly defaults: Readonly<Record<string, number>>;
  /** Capabilities that the firmware reports only while another parameter is in force (not merely set). */
  readonly locks: readonly Lock[];
  readonly reset: ResetAbilities;
}

/** Both sides are "tlv.parameter". */
export interface Lock {
  readonly capability: string;
  readonly until: string;
}

/** Registers MFRL and MROQ, as `mstfwreset` reads them; it names levels, types, syncs and methods by number. */
export interface ResetAbilities {
  readonly levels: readonly number[];
  readonly types: readonly number[];
  /** Owners of a PCI reset (register MROQ). Absent: this firmware has no MROQ. */
  readonly syncs?: readonly number[];
  /** Whether a warm boot of the system loads the configuration; otherwise only power off and on does. */
  readonly loadedByWarmBoot: boolean;
  /** An adapter with a computer of its own; mstfwreset speaks of its Arm side. */
  readonly smartNic: boolean;
}
