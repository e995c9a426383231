import { z } from "zod";
import { Refusal } from "../../core/problems";
import { deviceKind } from "../../core/topology/device-kind";
import { pciAddress } from "../../core/topology/model";
import { devicesByAddress } from "../../core/topology/walk";
import type { SimulatedHost } from "../keeper/simulated-host";
import { fault } from "./fault";
import { oneOf, wholeNumber, yesOrNo } from "./option-values";

const device = pciAddress.describe("address in the host file");
const live = yesOrNo().default(false);

export const DEVICE_FAULTS = {
  "device-vanished": fault({
    says: "the device at `address` is not there after the next start; with live=true it falls off the bus now; until mended",
    options: z.strictObject({ address: device, live }),
    async apply(host, { address, live: now }) {
      known(host, address);
      if (now) {
        host.faults.live.set(address, { kind: "off-the-bus" });
        host.showLiveFaults();
        return `${address} fell off the bus`;
      }
      host.faults.vanished.add(address);
      return `${address} will be gone after the next start`;
    },
  }),
  "link-down-trained": fault({
    says: "the link of `address` comes up at `generation` and `width` (default 1 and 1) at the next start, with live=true now; until mended",
    options: z.strictObject({
      address: device,
      generation: wholeNumber(1, 6).default(1),
      width: oneOf([1, 2, 4, 8, 12, 16, 32]).default(1),
      live,
    }),
    async apply(host, { address, live: now, generation, width }) {
      known(host, address);
      const link = { generation, width };
      if (now) {
        host.faults.live.set(address, { kind: "trained", link });
        host.showLiveFaults();
      } else host.faults.trained.set(address, link);
      return `the link of ${address} ${now ? "is" : "will be"} at generation ${generation}, ${width} lanes`;
    },
  }),
};

function known(host: SimulatedHost, address: string): void {
  const placed = devicesByAddress(host.spec.topology).get(address);
  if (placed && deviceKind(placed.device) !== "bridge") return;
  const message = placed
    ? `${address} is a bridge; name a device behind it`
    : `${address} is not in the host file; "npm run lab -- status" shows the addresses`;
  throw new Refusal([{ path: "address", message }]);
}
