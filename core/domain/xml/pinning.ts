import type { DomainDocument } from "../document";
import { child, childrenOf, element, type XmlElement } from "./element";

/** Host CPUs of the guest CPUs and of QEMU's own threads. */
export function renderPinning(document: DomainDocument): XmlElement[] {
  const pins = Object.entries(document.vcpuPins ?? {})
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([vcpu, cpuset]) => element("vcpupin", { vcpu, cpuset }));
  if (document.emulatorPin !== undefined) pins.push(element("emulatorpin", { cpuset: document.emulatorPin }));
  return pins.length ? [element("cputune", {}, pins)] : [];
}

export function readPinning(domain: XmlElement): Pick<DomainDocument, "vcpuPins" | "emulatorPin"> {
  const tune = child(domain, "cputune");
  const pins = childrenOf(tune, "vcpupin").map(
    ({ attributes }) => [attributes.vcpu ?? "", attributes.cpuset ?? ""] as const,
  );
  const emulator = child(tune, "emulatorpin")?.attributes.cpuset;
  return {
    ...(pins.length ? { vcpuPins: Object.fromEntries(pins) } : {}),
    ...(emulator === undefined ? {} : { emulatorPin: emulator }),
  };
}
