import type { GuestDomain, XmlController } from "./guest-domain";

/** What may be above a PCI controller, by its model (qemu docs/pcie.txt; hw/pci-bridge). */
const PARENTS: Record<string, readonly string[]> = {
  "pcie-expander-bus": ["pcie-root"],
  "pcie-root-port": ["pcie-root", "pcie-expander-bus"],
  "pcie-switch-upstream-port": ["pcie-root-port", "pcie-switch-downstream-port"],
  "pcie-switch-downstream-port": ["pcie-switch-upstream-port"],
};

const HAVE_CHASSIS = ["pcie-root-port", "pcie-switch-downstream-port"];

/** Rules for PCI controllers: indices, nesting, chassis numbers, cells. */
export function controllerProblems({ controllers, cells }: GuestDomain): string[] {
  const problems: string[] = [];
  const byIndex = new Map<number, XmlController>();
  const chassis = new Map<number, number>();
  for (const controller of controllers) {
    const name = `controller ${controller.index} (${controller.model})`;
    if (byIndex.has(controller.index)) problems.push(`${name}: the index is there twice`);
    byIndex.set(controller.index, controller);
    if (!(controller.index >= 0 && controller.index <= 255)) problems.push(`${name}: the index is outside 0-255`);
    if (HAVE_CHASSIS.includes(controller.model)) {
      const number = controller.chassis;
      if (number === undefined || number < 1 || number > 255)
        problems.push(`${name}: chassis ${number} is outside 1-255`);
      else if (chassis.has(number))
        problems.push(`${name}: chassis ${number} is that of controller ${chassis.get(number)}`);
      if (number !== undefined) chassis.set(number, controller.index);
    }
    if (controller.node !== undefined && !cells.includes(controller.node)) {
      problems.push(`${name}: there is no guest cell ${controller.node}`);
    }
  }
  for (let index = 0; index < controllers.length; index++) {
    if (!byIndex.has(index)) problems.push(`there is no PCI controller ${index}, but higher ones`);
  }
  for (const controller of controllers) {
    const allowed = PARENTS[controller.model];
    if (!allowed) continue;
    const name = `controller ${controller.index} (${controller.model})`;
    if (!controller.at) {
      problems.push(`${name}: has no address`);
      continue;
    }
    const parent = byIndex.get(controller.at.bus);
    if (!parent) problems.push(`${name}: its bus ${controller.at.bus} does not exist`);
    else if (!allowed.includes(parent.model)) problems.push(`${name}: must not sit on a ${parent.model}`);
  }
  for (const controller of controllers) {
    if (loops(controller, byIndex)) problems.push(`controller ${controller.index}: sits below itself`);
  }
  return problems;
}

function loops(start: XmlController, byIndex: ReadonlyMap<number, XmlController>): boolean {
  let controller: XmlController | undefined = start;
  for (let steps = 0; steps <= byIndex.size; steps++) {
    if (!controller?.at) return false;
    controller = byIndex.get(controller.at.bus);
  }
  return true;
}
