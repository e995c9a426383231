import { type AnyResource, Stack } from "../../engine/support/stack";
import type { DebianGuest } from "./debian-guest";
import { DATA } from "./interfaces";

/** Name of the resource in these stacks. */
export const TUNING = "tuning";

/** A stack that is configured for a guest, by SSH and by its agent. */
export async function guestStack(guest: DebianGuest): Promise<Stack> {
  const stack = new Stack();
  await stack.init();
  await stack.configure({ "gpudirect:hosts": guest.hosts() });
  return stack;
}

/** A GuestTuning of the data NICs. */
export const tuningOf = (host: string, args: object = {}): AnyResource => ({
  type: "gpudirect:index:GuestTuning",
  args: { host, nics: DATA.map(({ pciAddress }) => pciAddress), ...args },
});
