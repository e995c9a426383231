import type { DebianGuest } from "./debian-guest";
import { DATA, MANAGEMENT } from "./interfaces";

/** Settings of a NIC, by ip, ethtool and setpci. */
export interface NicValues {
  readonly mtu: number;
  readonly txqueuelen: number;
  readonly rx: number;
  readonly tx: number;
  /** Bits 14:12 of Device Control; null where it is not told, as of the management NIC. */
  readonly maxReadReq: number | null;
}

const NICS = [MANAGEMENT, ...DATA];
const SCRIPT = NICS.map(
  ({ name, pciAddress }) => `ip -o link show ${name}
ethtool -g ${name} | awk '/^Current/ { on = 1 } on && ($1 == "RX:" || $1 == "TX:") { print $1, $2 }'
echo "register $(setpci -s ${pciAddress} CAP_EXP+8.w)"
`,
).join("echo @@\n");

/** What the guest's own programs say of its NICs, by name: nothing of the provider's is asked. */
export async function nicValues(guest: DebianGuest): Promise<Record<string, NicValues>> {
  const parts = (await guest.run(SCRIPT)).split("@@\n");
  const values = NICS.map(({ name }, index): [string, NicValues] => {
    const text = parts[index] ?? "";
    const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1]);
    const register = /^register ([0-9a-f]{4})$/m.exec(text)?.[1];
    return [
      name,
      {
        mtu: number(/ mtu (\d+) /),
        txqueuelen: number(/ qlen (\d+)/),
        rx: number(/^RX: (\d+)$/m),
        tx: number(/^TX: (\d+)$/m),
        maxReadReq: register === undefined ? null : 128 << ((Number.parseInt(register, 16) >> 12) & 7),
      },
    ];
  });
  return Object.fromEntries(values);
}

/** Kernel parameters as sysctl prints them, blanks for tabs. */
export async function sysctlValues(guest: DebianGuest, names: readonly string[]): Promise<Record<string, string>> {
  const text = await guest.run(`sysctl ${names.join(" ")}`);
  const pairs = text
    .trim()
    .split("\n")
    .map((line) => line.split(" = "))
    .map(([name = "", value = ""]) => [name, value.replaceAll("\t", " ")]);
  return Object.fromEntries(pairs);
}
