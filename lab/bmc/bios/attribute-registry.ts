import type { AttributeDefinition, AttributeDependency, Flavour } from "../flavours/flavour";
import type { Json, JsonObject } from "../json";
import type { SystemIdentity } from "../managed-system";

/** The flavour's BIOS attribute registry (DMTF DSP0268, AttributeRegistry 1.3). */
export function attributeRegistry(flavour: Flavour, identity: SystemIdentity): JsonObject {
  return {
    Id: flavour.registry.id,
    Name: "BIOS Attribute Registry",
    Description: `Settings of the BIOS of ${identity.manufacturer} ${identity.model}`,
    Language: "en",
    OwningEntity: flavour.vendor,
    RegistryVersion: flavour.registry.version,
    SupportedSystems: [
      {
        ProductName: identity.model,
        // A code of letters and digits (schema AttributeRegistry, SupportedSystems.SystemId).
        SystemId: identity.model.replaceAll(/[^0-9A-Za-z]/g, "") || "Lab",
        FirmwareVersion: identity.biosVersion,
      },
    ],
    RegistryEntries: {
      Attributes: flavour.attributes.map(attributeEntry),
      Dependencies: flavour.dependencies.map(dependencyEntry),
      Menus: menus(flavour),
    },
  };
}

function attributeEntry(definition: AttributeDefinition, index: number): JsonObject {
  return {
    AttributeName: definition.name,
    DisplayName: definition.displayName,
    HelpText: definition.displayName,
    DisplayOrder: index,
    MenuPath: definition.menuPath,
    Type: definition.type,
    ...typeProperties(definition),
    DefaultValue: definition.default,
    CurrentValue: null,
    ReadOnly: definition.readOnly ?? false,
    WriteOnly: false,
    Hidden: false,
    GrayOut: false,
    ResetRequired: true,
  };
}

function typeProperties(definition: AttributeDefinition): Record<string, Json> {
  switch (definition.type) {
    case "Enumeration":
      return {
        Value: definition.values.map((value) => {
          const [name, shown] = typeof value === "string" ? [value, value] : value;
          return { ValueName: name, ValueDisplayName: shown };
        }),
      };
    case "Integer":
      return {
        LowerBound: definition.lowerBound,
        UpperBound: definition.upperBound,
        ScalarIncrement: definition.scalarIncrement,
      };
    case "String":
      return { MinLength: 0, MaxLength: definition.maxLength };
    case "Boolean":
      return {};
  }
}

function dependencyEntry({ attribute, as, when }: AttributeDependency): JsonObject {
  return {
    DependencyFor: attribute,
    Type: "Map",
    Dependency: {
      MapFrom: [
        {
          MapFromAttribute: when.attribute,
          MapFromProperty: "CurrentValue",
          MapFromCondition: when.is,
          MapFromValue: when.value,
        },
      ],
      MapToAttribute: attribute,
      MapToProperty: as,
      MapToValue: true,
    },
  };
}

function menus(flavour: Flavour): JsonObject[] {
  const paths = [...new Set(flavour.attributes.map(({ menuPath }) => menuPath))];
  return paths.map((path, index) => {
    const name = path.split("/").at(-1) as string;
    return { MenuName: name, DisplayName: name, MenuPath: path, DisplayOrder: index, Hidden: false };
  });
}
