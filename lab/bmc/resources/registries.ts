import { attributeRegistry } from "../bios/attribute-registry";
import type { JsonObject } from "../json";
import { BASE_REGISTRY_ID, baseRegistry } from "../redfish/messages";
import { collection, type Resource, type Route } from "../redfish/resource";
import type { Service } from "../service";
import { REGISTRIES } from "./paths";

interface RegistryFile {
  readonly id: string;
  readonly registry: string;
  readonly path: string;
  readonly type: string;
  readonly read: () => JsonObject;
}

export function registryRoutes(service: Service): Route[] {
  const base: RegistryFile = {
    id: "Base",
    registry: BASE_REGISTRY_ID,
    path: `${REGISTRIES}/${BASE_REGISTRY_ID}.json`,
    type: "MessageRegistry.v1_6_2.MessageRegistry",
    read: baseRegistry,
  };
  const bios: RegistryFile = {
    id: service.flavour.registry.id,
    registry: service.flavour.registry.id,
    path: service.flavour.registry.path,
    type: "AttributeRegistry.v1_3_8.AttributeRegistry",
    read: () => attributeRegistry(service.flavour, service.system.identity),
  };
  const present = (): readonly RegistryFile[] => (service.modes.registryAbsent ? [base] : [base, bios]);
  const files = [base, bios].flatMap((file): Route[] => [
    [`${REGISTRIES}/${file.id}`, () => (present().includes(file) ? fileResource(file) : undefined)],
    [
      file.path,
      () =>
        present().includes(file) ? { type: file.type, privilege: "ConfigureManager", read: file.read } : undefined,
    ],
  ]);
  return [
    [
      REGISTRIES,
      () => ({
        type: "MessageRegistryFileCollection.MessageRegistryFileCollection",
        privilege: "ConfigureManager",
        read: () =>
          collection(
            "Registry File Collection",
            present().map(({ id }) => `${REGISTRIES}/${id}`),
          ),
      }),
    ],
    ...files,
  ];
}

function fileResource({ id, registry, path }: RegistryFile): Resource {
  return {
    type: "MessageRegistryFile.v1_1_3.MessageRegistryFile",
    privilege: "ConfigureManager",
    read: () => ({
      Id: id,
      Name: `${id} Registry File`,
      Registry: registry,
      Languages: ["en"],
      Location: [{ Language: "en", Uri: path }],
    }),
  };
}
