/** Schemas that the service's resources have; their documents are DMTF's. */
const SCHEMAS = [
  ...["AccountService", "AttributeRegistry", "Bios", "Chassis", "ChassisCollection", "ComputerSystem"],
  ...["ComputerSystemCollection", "Manager", "ManagerAccount", "ManagerAccountCollection", "ManagerCollection"],
  ...["MessageRegistry", "MessageRegistryFile", "MessageRegistryFileCollection", "Role", "RoleCollection"],
  ...["Session", "SessionCollection", "SessionService", "Settings", "Task", "TaskCollection", "TaskService"],
];

/** The OData metadata document (DSP0266, "OData metadata"). */
export function metadata(): string {
  const references = SCHEMAS.map(
    (name) =>
      `  <edmx:Reference Uri="${schemaLocation(name, "csdl", "xml")}"><edmx:Include Namespace="${name}"/></edmx:Reference>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0">
  <edmx:Reference Uri="${schemaLocation("ServiceRoot", "csdl", "xml")}">
    <edmx:Include Namespace="ServiceRoot"/>
    <edmx:Include Namespace="ServiceRoot.v1_16_0"/>
  </edmx:Reference>
${references.join("\n")}
  <edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Service">
      <EntityContainer Name="Service" Extends="ServiceRoot.v1_16_0.ServiceContainer"/>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`;
}

function schemaLocation(name: string, format: "csdl" | "json", extension: string): string {
  const file = format === "csdl" ? `${name}_v1` : name;
  return `http://redfish.dmtf.org/schemas/v1/${file}.${extension}`;
}

/** Where the JSON schema of a type is: `Bios.v1_2_0.Bios` is described by Bios.v1_2_0.json. */
export function describedBy(type: string): string {
  return schemaLocation(type.split(".").slice(0, -1).join("."), "json", "json");
}
