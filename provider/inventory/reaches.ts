import type { z } from "zod";
import { GuestAgentReach } from "../reach/guest-agent";
import { LocalReach } from "../reach/local";
import type { Machine } from "../reach/machine";
import type { Reach } from "../reach/reach";
import { Bmcs } from "../reach/redfish/bmcs";
import type { Redfish } from "../reach/redfish/redfish";
import { SshReach } from "../reach/ssh/ssh";
import type { bmcAccess } from "./bmc-shape";
import type { guestAgentAccess } from "./shapes";
import type { sshAccess } from "./ssh-shape";

/** Makes reaches. None connects before its first command. */
export interface Reaches {
  local(): Reach;
  ssh(name: string, access: z.output<typeof sshAccess>): Reach;
  /** The guest is reached through its host's own reach, so that the two share connections. */
  guest(name: string, access: z.output<typeof guestAgentAccess>, host: Machine): Reach;
  /** One BMC has one session, whoever asks for it. */
  redfish(name: string, access: z.output<typeof bmcAccess>): Redfish;
}

/** Of the whole process: a BMC that refused a login is not asked again, and a registry is read once. */
const bmcs = new Bmcs();

export const reaches: Reaches = {
  local: () => new LocalReach(),
  ssh: (name, access) => new SshReach(name, access),
  guest: (name, { domain }, { access: { reach, libvirtUri } }) =>
    new GuestAgentReach(name, { host: reach, domain, libvirtUri }),
  redfish: (name, access) => bmcs.redfish(name, access),
};
