import { functions } from "./functions";
import { checkConfiguration, configuration, connection, createInventory } from "./inventory";
import type { ProviderDefinition } from "./protocol/definition";
import { resources } from "./resources";

/** The provider as a whole: what its schema says of it, and all it serves. */
export function provider(version: string): ProviderDefinition {
  return {
    name: "gpudirect",
    version,
    displayName: "GPUDirect",
    description: "Makes a GPU server and its virtual machines fit for GPUDirect RDMA, from the BIOS to NCCL",
    publisher: "pulumi-gpudirect",
    keywords: ["pulumi", "gpudirect", "rdma", "libvirt", "nccl", "vfio", "category/infrastructure", "kind/native"],
    license: "Apache-2.0",
    nodejs: { packageName: "pulumi-gpudirect-sdk", pluginName: "gpudirect" },
    config: configuration,
    checkConfig: checkConfiguration,
    connection,
    inventory: createInventory,
    resources,
    functions,
  };
}
