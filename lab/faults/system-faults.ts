import { z } from "zod";
import { hostShell } from "../keeper/host-shell";
import type { SimulatedHost } from "../keeper/simulated-host";
import { fault } from "./fault";
import { wholeNumber } from "./option-values";

/**
 * A keeper does not know what an earlier one disturbed, so the host is always put right; where nothing is known to be
 * wrong, not for longer than this: it may hang in its boot.
 */
const UNDISTURBED_LIMIT_MS = 10_000;

/** Takes nearly all at once, then what is left, with the blocks that ext4 keeps for root. */
const FILL_DISK = `fallocate -l $(($(stat -fc '%f * %S' /) / 20 * 19)) /var/tmp/lab-fills-the-disk
dd if=/dev/zero of=/var/tmp/lab-fills-the-disk oflag=append conv=notrunc bs=1M 2>/dev/null
sync; df --output=avail / | tail -1`;

/** A domain that runs nothing but its firmware; nothing in it says that it is the lab's. */
const FOREIGN_DOMAIN = (name: string, type: string): string => `<domain type="${type}">
  <name>${name}</name><memory unit="MiB">32</memory><vcpu>1</vcpu>
  <os><type arch="x86_64" machine="q35">hvm</type></os><features><acpi/></features>
  <devices><controller type="usb" model="none"/><memballoon model="none"/></devices>
</domain>
`;

export const SYSTEM_FAULTS = {
  "disk-full": fault({
    says: "the host's root file system has no room left; until mended",
    options: z.strictObject({}),
    async apply(host) {
      host.systemDisturbed = true;
      const left = await hostShell(host, FILL_DISK);
      return `the root file system is full: ${left.trim()} KiB left`;
    },
  }),
  "clock-skew": fault({
    says: "the host's clock is `seconds` (default 3600, negative for behind) off; until mended",
    options: z.strictObject({ seconds: wholeNumber(-1e9, 1e9).default(3600) }),
    async apply(host, { seconds }) {
      host.systemDisturbed = true;
      await hostShell(host, `date -s @$((${Math.round(Date.now() / 1000)} + ${seconds}))`);
      return `the host's clock is ${seconds} s off`;
    },
  }),
  "foreign-domain": fault({
    says: "somebody else's virtual machine `name` (default foreign) runs on the host; until mended",
    options: z.strictObject({
      name: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,30}$/, "must begin with a letter, then up to 30 of a-z, 0-9 and -")
        .default("foreign"),
    }),
    async apply(host, { name }) {
      const type = host.spec.accelerator === "kvm" ? "kvm" : "qemu";
      host.systemDisturbed = true;
      host.foreignDomains.add(name);
      await hostShell(host, "virsh -q create /dev/stdin", FOREIGN_DOMAIN(name, type));
      return `domain ${name} runs on the host`;
    },
  }),
};

/** Puts right what these faults left in the host. The domains of the fault have no definition: destroyed, they are gone. */
export async function mendSystem(host: SimulatedHost): Promise<void> {
  const domains = [...host.foreignDomains];
  const limit = host.systemDisturbed ? undefined : UNDISTURBED_LIMIT_MS;
  const gone = domains.map((name) => `virsh -q destroy ${name} 2>/dev/null;`).join(" ");
  const script = `rm -f /var/tmp/lab-fills-the-disk; date -s @${Math.round(Date.now() / 1000)}; ${gone} true`;
  try {
    await hostShell(host, script, "", limit);
  } catch (error) {
    if (host.systemDisturbed) throw error;
    host.log(`fault clear: the operating system was not asked: ${(error as Error).message}`);
  }
  host.foreignDomains.clear();
  host.systemDisturbed = false;
}
