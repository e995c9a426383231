/** Parts of `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
function partsOf(urn: string): { stack: string; project: string; type: string } {
  const [stack = "", project = "", types = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack, project, type: types.split("$").pop() ?? "" };
}

/** `PROJECT/STACK` */
export function stackOf(urn: string): string {
  const { project, stack } = partsOf(urn);
  return `${project}/${stack}`;
}

export const typeOf = (urn: string): string => partsOf(urn).type;
