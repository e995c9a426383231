import type { DomainDocument } from "../document";
import type { Controllers } from "./controllers";
import { child, childrenOf, element, type XmlElement } from "./element";
import { pciAddressElement } from "./pci-address";

/** Name of the QEMU guest agent's port, fixed by the agent itself. */
const AGENT_CHANNEL = "org.qemu.guest_agent.0";

/** Guest agent channel and serial console. */
export function renderChannels(document: DomainDocument, controllers: Controllers): XmlElement[] {
  const agent = document.guestAgent
    ? [
        element("controller", { type: "virtio-serial", index: 0 }, [
          pciAddressElement(controllers.ownedBy({ kind: "agent" })),
        ]),
        element("channel", { type: "unix" }, [element("target", { type: "virtio", name: AGENT_CHANNEL })]),
      ]
    : [];
  const target = element("target", { port: 0 });
  const serial =
    document.consoleLog === undefined
      ? element("serial", { type: "pty" }, [target])
      : element("serial", { type: "file" }, [element("source", { path: document.consoleLog }), target]);
  return [...agent, serial];
}

export function readChannels(devices: XmlElement | undefined): Pick<DomainDocument, "guestAgent" | "consoleLog"> {
  const guestAgent = childrenOf(devices, "channel").some((c) => child(c, "target")?.attributes.name === AGENT_CHANNEL);
  const serial = childrenOf(devices, "serial").find(({ attributes }) => attributes.type === "file");
  const consoleLog = child(serial, "source")?.attributes.path;
  return { guestAgent, ...(consoleLog === undefined ? {} : { consoleLog }) };
}
