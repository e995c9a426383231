import type { CardFirmware } from "../card";
import type { Parameter } from "../parameter-table";
import { displayName } from "../tlv-instance";

/** `show_confs`: mstflint, mlxcfg_generic_commander.cpp, printTLVConfViews, printParamViews and printEnums. */
export function configurationsText(card: CardFirmware, device: string): string {
  const sections = new Map<string, { head: string; parameters: [name: string, parameter: Parameter][] }>();
  for (const instance of card.instances) {
    const { tlv } = instance;
    const named = tlv.parameters.filter(({ mlxconfigName }) => mlxconfigName !== undefined);
    if (tlv.capability || named.length === 0) continue;
    const section = sections.get(tlv.mlxconfigName) ?? {
      head: `\t\t${tlv.mlxconfigName}:${tlv.description}\n`,
      parameters: [],
    };
    sections.set(tlv.mlxconfigName, section);
    section.parameters.push(
      ...named.map((parameter): [string, Parameter] => [displayName(instance, parameter), parameter]),
    );
  }
  const texts = [...sections.values()].map(({ head, parameters }) => {
    const sorted = parameters.sort(([a], [b]) => (a < b ? -1 : 1));
    return head + sorted.map(([name, parameter]) => parameterText(name, parameter)).join("");
  });
  return `\nList of configurations the device ${device} may support:\n${texts.join("")}`;
}

function parameterText(name: string, parameter: Parameter): string {
  const signature = " ".repeat(20) + `${name}=<${legalValues(parameter)}>`.padEnd(40);
  // Ports after the first have the same description.
  if (/_P[2-8]$/.test(name)) return `${signature}\n`;
  return `${signature}${parameter.description.split("\\;").join(`\n${" ".repeat(60)}`)}\n`;
}

function legalValues({ type, values }: Parameter): string {
  if (type === "BOOL") return "False|True";
  if (type === "ENUM") return [...values.keys()].join("|");
  return type === "UNSIGNED" || type === "INTEGER" ? "NUM" : type;
}
