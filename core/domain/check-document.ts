import { joinPath, type Problem } from "../problems";
import { cpuNumbers } from "../topology/cpu-list";
import { checkPciTree } from "./check-pci-tree";
import type { DomainDocument } from "./document";
import { ROOT_PORTS, rootPorts } from "./root-ports";

/** What is wrong with a document beyond its shape, all at once. An empty list means that it can be rendered. */
export function checkDocument(document: DomainDocument): Problem[] {
  return [...checkCells(document), ...checkPins(document), ...checkPciTree(document), ...checkRootPorts(document)];
}

function checkCells({ cells, cpu, hugepageKiB }: DomainDocument): Problem[] {
  const problems: Problem[] = [];
  const ids = Object.keys(cells).sort((a, b) => Number(a) - Number(b));
  if (ids.some((id, position) => id !== String(position))) {
    problems.push({ path: "cells", message: `must be numbered from 0 without gaps, but are ${listed(ids)}` });
  }
  const owner = new Map<number, string>();
  for (const id of ids) {
    const cell = cells[id];
    if (!cell) continue;
    const path = joinPath("cells", id);
    for (const vcpu of cpuNumbers(cell.cpus)) {
      const other = owner.get(vcpu);
      if (other !== undefined) {
        problems.push({
          path: joinPath(path, "cpus"),
          message: `guest CPU ${vcpu} is in cell ${other} too; keep it in one`,
        });
      }
      owner.set(vcpu, id);
    }
    if (hugepageKiB !== undefined && (cell.memoryMiB * 1024) % hugepageKiB !== 0) {
      problems.push({
        path: joinPath(path, "memoryMiB"),
        message: `${cell.memoryMiB} MiB do not divide into hugepages of ${hugepageKiB} KiB; give a multiple`,
      });
    }
    for (const to of Object.keys(cell.distances ?? {})) {
      if (to in cells) continue;
      const message = "there is no such cell; name only cells of this guest";
      problems.push({ path: joinPath(joinPath(path, "distances"), to), message });
    }
  }
  const count = cpu.sockets * cpu.cores * cpu.threads;
  const missing = Array.from({ length: Math.min(count, 8192) }, (_, vcpu) => vcpu).filter((vcpu) => !owner.has(vcpu));
  if (owner.size !== count || missing.length > 0) {
    problems.push({
      path: "cells",
      message: `hold ${owner.size} CPUs, but cpu makes ${count} (${cpu.sockets} sockets x ${cpu.cores} cores x ${cpu.threads} threads); number them 0 to ${count - 1}, each in one cell`,
    });
  }
  return problems;
}

/** Names listed at most; more would hide the message. */
const LISTED = 20;

const listed = (names: readonly string[]): string =>
  names.length > LISTED ? `${names.slice(0, LISTED).join(", ")} and ${names.length - LISTED} more` : names.join(", ");

function checkPins({ vcpuPins, cpu }: DomainDocument): Problem[] {
  const count = cpu.sockets * cpu.cores * cpu.threads;
  return Object.keys(vcpuPins ?? {})
    .filter((vcpu) => Number(vcpu) >= count)
    .map((vcpu) => ({
      path: joinPath("vcpuPins", vcpu),
      message: `the guest has only CPUs 0 to ${count - 1}; leave it out`,
    }));
}

function checkRootPorts(document: DomainDocument): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<number, string>();
  for (const list of ["disks", "interfaces"] as const) {
    for (const [name, { rootPort }] of Object.entries(document[list])) {
      if (rootPort === undefined) continue;
      const path = joinPath(joinPath(list, name), "rootPort");
      const other = seen.get(rootPort);
      if (other !== undefined)
        problems.push({ path, message: `root port ${rootPort} is taken by ${other}; use another` });
      else seen.set(rootPort, path);
    }
  }
  const count = rootPorts(document).length;
  if (count > ROOT_PORTS) {
    const message = `disks and interfaces need ${count} root ports, but there is room for ${ROOT_PORTS}; use fewer`;
    problems.push({ path: "disks", message });
  }
  return problems;
}
