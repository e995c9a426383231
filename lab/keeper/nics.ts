import { deviceKind } from "../../core/topology/device-kind";
import type { PciDevice } from "../../core/topology/model";
import { placedDevices } from "../../core/topology/walk";
import type { HostSpec } from "../host/host-spec";
import { type AdapterIdentity, NicFirmware } from "../nic/nic-firmware";
import { loadParameterTable } from "../nic/parameter-table";

/** NVIDIA networking (Mellanox): whose cards the firmware programs configure. */
const MELLANOX = "15b3";

/** Host file address → address in the simulated machine. */
type Addresses = ReadonlyMap<string, string>;

/**
 * The firmware of the host's cards; the functions of a card, those of one bus and device number, share it.
 * @param addresses of the present start, of every function of the host file
 * @param directory where the cards' flash is
 */
export function openNics(
  { topology, parameterTable }: HostSpec,
  addresses: Addresses,
  directory: string,
  log: (line: string) => void,
): NicFirmware {
  const cards = new Map<string, PciDevice[]>();
  for (const { device } of placedDevices(topology)) {
    if (deviceKind(device) !== "nic" || device.vendor !== MELLANOX) continue;
    const card = device.address.replace(/\.\d$/, "");
    cards.set(card, [...(cards.get(card) ?? []), device]);
  }
  return NicFirmware.open({
    adapters: [...cards].map(([id, functions]) => identity(id, functions, addresses)),
    table: loadParameterTable(parameterTable),
    directory,
    log,
  });
}

function identity(id: string, functions: readonly PciDevice[], addresses: Addresses): AdapterIdentity {
  const [first] = functions as [PciDevice];
  return {
    id,
    functions: functions.map(({ address }) => addresses.get(address) as string),
    vendor: MELLANOX,
    device: first.device as string,
    ...(first.ats !== undefined && { ats: first.ats }),
  };
}
