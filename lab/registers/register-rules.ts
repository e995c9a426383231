import type { Hardware } from "../hardware/hardware";
import type { MachinePlan, PlannedFunction } from "../machine/machine-plan";
import { presentFunctions } from "../machine/present-functions";
import {
  ATS_CAPABILITY,
  capabilityBits,
  ENDPOINT_ACS,
  MAX_PAYLOAD,
  PORT_ACS,
  PORT_TYPE,
  REVISIONS,
  readRequestCode,
  UNKNOWN_FUNCTION,
  VIRTUAL_FUNCTION_IDS,
} from "./config-values";
import { functionsByAddress, maximum, trainedLink } from "./trained-links";

/** A rule's `key=value` pairs, in the order in which the library obeys them. */
type Pairs = [key: string, value: string][];

/** Text of the file that tells the registers library what each function of the machine is: one line a function. */
export function registerRules(plan: MachinePlan, hardware: Hardware): string {
  const functions = functionsByAddress(plan);
  const records = new Map(plan.functions.map(({ device }, index) => [device.address, index]));
  const lines = presentFunctions(plan, hardware.vanished).map((planned) => {
    const above = planned.parent === undefined ? undefined : functions.get(planned.parent)?.id;
    const pairs: Pairs = [
      ...layoutPairs(planned),
      ...identityPairs(planned),
      ...(planned.express ? expressPairs(planned, hardware, trainedLink(planned, functions, hardware.trained)) : []),
      ...(above === undefined ? [] : ([["above", above]] satisfies Pairs)),
      ["fault", String(records.get(planned.device.address))],
    ];
    return `${planned.id} ${pairs.map(([key, value]) => `${key}=${value}`).join(" ")}\n`;
  });
  return `# One function a line, for lab/registers/pci-registers.c\n${lines.join("")}`;
}

/** What of QEMU's own device does not show. */
function layoutPairs({ device, standIn, express }: PlannedFunction): Pairs {
  const always = capabilityBits(express ? ["powerManagement", "express"] : ["powerManagement"]);
  if (device.port === undefined) {
    const bridge: Pairs = standIn === "pcie-pci-bridge" ? [["header", "0"]] : [];
    const conventional = standIn === "virtio-rng-pci" && !express;
    return [...bridge, ["keep", hex(always)], ["bars", "0"], ...(conventional ? [] : ([["extended", "0"]] as Pairs))];
  }
  if (device.port === "pci-bridge") {
    return [["keep", hex(always)], ...(standIn === "pcie-pci-bridge" ? ([["extended", "0"]] as Pairs) : [])];
  }
  const subsystem = device.subsystemVendor === undefined ? 0 : capabilityBits(["subsystem"]);
  const ports: Pairs = device.port === "upstream-port" ? [] : [["slot", "0"]];
  return [["keep", hex(always + capabilityBits(["msi", "msix"]) + subsystem)], ...ports];
}

/** Without ids in the host file, a bridge shows QEMU's, which the kernel's port driver takes as any other. */
function identityPairs({ device }: PlannedFunction): Pairs {
  const ids = device.vendor === undefined && device.port === undefined ? UNKNOWN_FUNCTION : device;
  const pairs: Pairs = [];
  if (ids.vendor !== undefined) pairs.push(["vendor", `0x${ids.vendor}`]);
  if (ids.device !== undefined) pairs.push(["device", `0x${ids.device}`]);
  if (device.port === undefined || device.subsystemVendor !== undefined) {
    pairs.push(["subsystem", `0x${device.subsystemVendor ?? "0"},0x${device.subsystemDevice ?? "0"}`]);
  }
  pairs.push(["class", `0x${device.class}`], ["revision", hex(REVISIONS[device.vendor ?? ""] ?? 0)]);
  return pairs;
}

function expressPairs(
  planned: PlannedFunction,
  { bios, adapters }: Hardware,
  trained: { readonly generation: number; readonly width: number },
): Pairs {
  const { device, standIn } = planned;
  const { generation, width } = maximum(planned);
  const adapter = adapters.get(device.address);
  const pairs: Pairs = [];
  if (device.port === undefined && standIn === "pcie-pci-bridge") {
    // A link, which a root complex's own functions do not have, means an endpoint as a hypervisor gives it to a VM.
    pairs.push(["type", String(generation > 0 ? PORT_TYPE.endpoint : PORT_TYPE.rootComplexIntegrated)]);
  }
  pairs.push(
    ["payload", String(MAX_PAYLOAD)],
    ["readrequest", String(readRequestCode(bios.maxReadRequest))],
    ["link", `${generation},${width}`],
    ["trained", `${trained.generation},${trained.width}`],
    ...acsPairs(planned, bios.acs),
  );
  if (device.serial !== undefined && /^[0-9a-f]{16}$/i.test(device.serial)) {
    pairs.push(["serial", `0x${device.serial.slice(0, 8)},0x${device.serial.slice(8)}`]);
  }
  if (adapter?.ats ?? device.ats === true) pairs.push(["ats", hex(ATS_CAPABILITY)]);
  const virtual = adapter?.virtualFunctions ?? device.virtualFunctions ?? 0;
  if (bios.sriov && virtual > 0) pairs.push(["vfs", `${virtual},${virtualFunctionId(device)}`]);
  return pairs;
}

/** Ports have ACS unless the host file says otherwise, as servers' do; the BIOS switches it off on ports alone. */
function acsPairs({ device }: PlannedFunction, biosAcs: boolean): Pairs {
  if (device.port === "root-port" || device.port === "downstream-port") {
    return biosAcs && device.acs !== false ? [["acs", hex(PORT_ACS)]] : [["noacs", "1"]];
  }
  return device.acs === true ? [["acs", hex(ENDPOINT_ACS)]] : [];
}

function virtualFunctionId({ vendor, device }: PlannedFunction["device"]): string {
  const known = vendor === undefined ? undefined : VIRTUAL_FUNCTION_IDS[vendor];
  return known === undefined ? `0x${device ?? UNKNOWN_FUNCTION.device}` : hex(known);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
