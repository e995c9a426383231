import type { DomainDocument } from "../document";
import { child, element, type XmlElement } from "./element";

/** Machine type, firmware and what is booted. libvirt picks the OVMF build that fits the machine. */
export function renderBoot(document: DomainDocument, machineType?: string): XmlElement[] {
  const { boot, machine, firmware } = document;
  const content = [element("type", { arch: "x86_64", machine: machineType ?? machine }, "hvm")];
  if (boot) {
    content.push(element("kernel", {}, boot.kernel));
    if (boot.initrd !== undefined) content.push(element("initrd", {}, boot.initrd));
    if (boot.commandLine !== undefined) content.push(element("cmdline", {}, boot.commandLine));
  } else content.push(element("boot", { dev: "hd" }));
  return [
    element("os", { firmware: firmware === "uefi" ? "efi" : undefined }, content),
    element("features", {}, [element("acpi"), element("apic")]),
    element("clock", { offset: "utc" }),
    element("on_poweroff", {}, "destroy"),
    element("on_reboot", {}, "restart"),
    element("on_crash", {}, "destroy"),
  ];
}

export function readBoot(domain: XmlElement): Pick<DomainDocument, "machine" | "firmware" | "boot"> {
  const os = child(domain, "os");
  const kernel = child(os, "kernel")?.text;
  const initrd = child(os, "initrd")?.text;
  const commandLine = child(os, "cmdline")?.text;
  const isUefi = os?.attributes.firmware === "efi" || child(os, "loader")?.attributes.type === "pflash";
  return {
    machine: "q35",
    firmware: isUefi ? "uefi" : "bios",
    ...(kernel === undefined
      ? {}
      : {
          boot: {
            kernel,
            ...(initrd === undefined ? {} : { initrd }),
            ...(commandLine === undefined ? {} : { commandLine }),
          },
        }),
  };
}

/** Canonical machine type that libvirt chose at define, such as `pc-q35-7.2`. */
export const readMachineType = (domain: XmlElement): string | undefined =>
  child(child(domain, "os"), "type")?.attributes.machine;
