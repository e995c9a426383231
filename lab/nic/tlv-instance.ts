import { type Parameter, type ParameterTable, TLV_CLASS, type Tlv } from "./parameter-table";

/** One TLV as a card has it: once, once per port, or once per module. */
export interface TlvInstance {
  readonly tlv: Tlv;
  /** 0: not of a port. Ports count from 1. */
  readonly port: number;
  /** -1: not of a module. Modules count from 0. */
  readonly module: number;
  /** Its name in state files. */
  readonly key: string;
}

/** A card has one module as far as mstflint asks (mlxcfg_tlv.cpp, getMaxModule). */
const MODULES = [0];

/** All TLVs of a card with so many ports, in the order of the table. */
export function instancesOf(table: ParameterTable, ports: number): TlvInstance[] {
  return [...table.tlvs.values()].flatMap((tlv) => {
    if (tlv.class === TLV_CLASS.port) {
      return Array.from({ length: ports }, (_, index) => instance(tlv, index + 1, -1));
    }
    return tlv.class === TLV_CLASS.module ? MODULES.map((module) => instance(tlv, 0, module)) : [instance(tlv, 0, -1)];
  });
}

/** The name that users know, with port or module: LINK_TYPE_P1, MODULE_SPLIT_M0. */
export function displayName({ port, module }: TlvInstance, parameter: Parameter): string {
  const suffix = port > 0 ? `_P${port}` : module >= 0 ? `_M${module}` : "";
  return `${parameter.mlxconfigName ?? parameter.name}${suffix}`;
}

function instance(tlv: Tlv, port: number, module: number): TlvInstance {
  return { tlv, port, module, key: `${tlv.name}_P${port}_M${module}` };
}
