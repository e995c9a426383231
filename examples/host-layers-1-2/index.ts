import * as pulumi from "@pulumi/pulumi";
import { Bios, HostBaseline, NicFirmware } from "../../components";

// The host by its name in `gpudirect:hosts`, where it has ssh and bmc. The lab's is hgx: docs/lab/_index.md, "Point a
// stack at it", configures it.
const host = new pulumi.Config().get("host") ?? "hgx";

// The ConnectX-7 beside the GPUs, each by its first function. The addresses are those of the lab's host; your own host's
// are in the output of `gpudirect discover`.
const NICS: Readonly<Record<string, string>> = {
  nic0: "0000:19:00.0",
  nic1: "0000:1b:00.0",
  nic2: "0000:3b:00.0",
  nic3: "0000:3d:00.0",
  nic4: "0000:9c:00.0",
  nic5: "0000:9e:00.0",
  nic6: "0000:bb:00.0",
  nic7: "0000:bd:00.0",
};

// What the host was before. All others depend on it, so it is deleted last, and then lists what waits for a boot.
const baseline = new HostBaseline("baseline", { host });

const bios = new Bios(
  "bios",
  {
    host,
    intents: { virtualization: true, iommu: true, acs: true, sriov: true, aboveFourG: true, maxReadRequest: 4096 },
    // Some vendors have it on without a setting for it.
    need: { aboveFourG: "preferred" },
  },
  { dependsOn: baseline },
);

const nics = Object.entries(NICS).map(([name, device]) => ({
  name,
  nic: new NicFirmware(name, { host, device, profile: "vmPassthrough" }, { dependsOn: baseline }),
}));

// Nothing here boots the host. A preview already knows which boots it takes: MAX_ACC_OUT_READ is unlocked by the first
// one, set by the update after it, and in force after the second.
export const biosNeeds = bios.bootNeed;
export const nicsNeed = Object.fromEntries(nics.map(({ name, nic }) => [name, nic.bootNeed]));
export const locked = Object.fromEntries(nics.map(({ name, nic }) => [name, nic.locked]));
