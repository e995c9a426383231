import type { DomainDocument } from "../document";
import { child, childrenOf, element, type XmlElement } from "./element";

/**
 * OVMF's 64-bit MMIO window goes by fw_cfg (edk2 OvmfPkg PlatformInitLib, `opt/ovmf/X-PciMmio64Mb`, in MiB). libvirt's
 * own `<sysinfo type='fwcfg'>` refuses names below `opt/ovmf/`, so it is a QEMU argument.
 */
const WINDOW = "name=opt/ovmf/X-PciMmio64Mb,string=";
export const QEMU_NAMESPACE = "http://libvirt.org/schemas/domain/qemu/1.0";

/** The domain with the document's window, after the QEMU arguments that others gave it. */
export function withMmioWindow(domain: XmlElement, { mmio64MiB }: Pick<DomainDocument, "mmio64MiB">): XmlElement {
  if (mmio64MiB === undefined) return domain;
  const window = ["-fw_cfg", `${WINDOW}${mmio64MiB}`].map((value) => element("qemu:arg", { value }));
  const line = child(domain, "qemu:commandline") ?? element("qemu:commandline");
  const others = domain.children.filter((inner) => inner !== line);
  const attributes = { ...domain.attributes, "xmlns:qemu": QEMU_NAMESPACE };
  return { ...domain, attributes, children: [...others, { ...line, children: [...line.children, ...window] }] };
}

/** The domain without its window; QEMU arguments of others stay. */
export function withoutMmioWindow(domain: XmlElement): XmlElement {
  const isOurs = (args: readonly XmlElement[], at: number) => (args[at]?.attributes.value ?? "").startsWith(WINDOW);
  const children = domain.children.flatMap((line) => {
    if (line.name !== "qemu:commandline") return [line];
    const args = line.children.filter((_, at, all) => !isOurs(all, at) && !isOurs(all, at + 1));
    return args.length > 0 ? [{ ...line, children: args }] : [];
  });
  return { ...domain, children };
}

export function readMmioWindow(domain: XmlElement): Pick<DomainDocument, "mmio64MiB"> {
  const values = childrenOf(domain, "qemu:commandline").flatMap((line) =>
    childrenOf(line, "qemu:arg").map(({ attributes }) => attributes.value ?? ""),
  );
  const window = values.find((value) => value.startsWith(WINDOW));
  return window === undefined ? {} : { mmio64MiB: Number(window.slice(WINDOW.length)) };
}
