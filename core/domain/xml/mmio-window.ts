import type { DomainDocument } from "../document";
import { childrenOf, element, type XmlElement } from "./element";

/**
 * OVMF's 64-bit MMIO window goes by fw_cfg (edk2 OvmfPkg PlatformInitLib, `opt/ovmf/X-PciMmio64Mb`, in MiB). libvirt's
 * own `<sysinfo type='fwcfg'>` refuses names below `opt/ovmf/`, so it is a QEMU argument.
 */
const WINDOW = "name=opt/ovmf/X-PciMmio64Mb,string=";
export const QEMU_NAMESPACE = "http://libvirt.org/schemas/domain/qemu/1.0";

export function renderMmioWindow(document: DomainDocument): XmlElement[] {
  if (document.mmio64MiB === undefined) return [];
  const argument = (value: string) => element("qemu:arg", { value });
  return [element("qemu:commandline", {}, [argument("-fw_cfg"), argument(`${WINDOW}${document.mmio64MiB}`)])];
}

export function readMmioWindow(domain: XmlElement): Pick<DomainDocument, "mmio64MiB"> {
  const values = childrenOf(domain, "qemu:commandline").flatMap((line) =>
    childrenOf(line, "qemu:arg").map(({ attributes }) => attributes.value ?? ""),
  );
  const window = values.find((value) => value.startsWith(WINDOW));
  return window === undefined ? {} : { mmio64MiB: Number(window.slice(WINDOW.length)) };
}
