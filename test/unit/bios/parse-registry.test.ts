import assert from "node:assert/strict";
import { Rules } from "../../../core/bios/dependencies";
import { parseRegistry } from "../../../core/bios/parse-registry";

const registry = (attributes: unknown[], dependencies?: unknown) => ({
  Id: "R1",
  RegistryVersion: "1.2.3",
  RegistryEntries: { Attributes: attributes, Dependencies: dependencies },
});

describe("an attribute registry", () => {
  it("is read with all that the standard says of an attribute", () => {
    const entry = {
      AttributeName: "AssetTag",
      DisplayName: "Asset Tag",
      MenuPath: "./Misc",
      Type: "String",
      MinLength: 1,
      MaxLength: 63,
      ValueExpression: "^[ -~]*$",
      ReadOnly: false,
      Hidden: false,
      GrayOut: true,
      DefaultValue: "",
      HelpText: "Text",
    };
    assert.deepEqual(parseRegistry(registry([entry])), {
      id: "R1",
      attributes: [
        {
          name: "AssetTag",
          type: "String",
          displayName: "Asset Tag",
          menuPath: "./Misc",
          minLength: 1,
          maxLength: 63,
          valueExpression: "^[ -~]*$",
          readOnly: false,
          hidden: false,
          grayOut: true,
        },
      ],
      dependencies: [],
    });
  });

  it("is read as vendors write it", () => {
    const { attributes } = parseRegistry(
      registry([
        { AttributeName: "A", Type: "enumeration", Value: [{ ValueDisplayName: "On" }, "Off", { ValueName: 3 }, null] },
        { AttributeName: "B", Type: "INTEGER", LowerBound: "0", UpperBound: "65535", ScalarIncrement: null },
        { AttributeName: "C", Value: [{ ValueName: "x" }], Readonly: "true", DisplayName: "" },
        { AttributeName: "D", DefaultValue: true },
        { AttributeName: "E", DefaultValue: 5 },
        { DisplayName: "without a name" },
        "nonsense",
      ]),
    );
    assert.deepEqual(attributes, [
      {
        name: "A",
        type: "Enumeration",
        values: [{ name: "On", displayName: "On" }, { name: "Off" }, { name: "3" }],
      },
      { name: "B", type: "Integer", lowerBound: 0, upperBound: 65535 },
      { name: "C", type: "Enumeration", values: [{ name: "x" }], readOnly: true },
      { name: "D", type: "Boolean" },
      { name: "E", type: "Integer" },
    ]);
  });

  it("that lists a question once per menu has one setting: open where one place is", () => {
    const [one, ...others] = parseRegistry(
      registry([
        { AttributeName: "A", Type: "Boolean", Hidden: true, ReadOnly: true, MenuPath: "./One" },
        { AttributeName: "A", Type: "Boolean", Hidden: false, ReadOnly: true, MenuPath: "./Two" },
      ]),
    ).attributes;
    assert.deepEqual(others, []);
    assert.equal(one?.hidden, false);
    assert.equal(one?.readOnly, true);
  });

  it("leaves out rules that it cannot tell, and takes those that lack a name or a condition's kind", () => {
    const rule = (change: Record<string, unknown>, condition: Record<string, unknown> = {}) => ({
      DependencyFor: "B",
      Type: "Map",
      ...change,
      Dependency: {
        MapFrom: [{ MapFromAttribute: "A", MapFromCondition: "EQU", MapFromValue: 1, ...condition }],
        MapToProperty: "GrayOut",
        MapToValue: true,
      },
    });
    const { dependencies } = parseRegistry(
      registry(
        [{ AttributeName: "A", Type: "Integer" }],
        [
          rule({}),
          rule({ Type: "Other" }),
          rule({}, { MapFromCondition: "LIKE" }),
          rule({}, { MapFromCondition: null }),
        ],
      ),
    );
    const expected = {
      from: [{ attribute: "A", property: "CurrentValue", condition: "EQU", value: 1 }],
      attribute: "B",
      property: "GrayOut",
      value: true,
    };
    assert.deepEqual(dependencies, [expected, expected]);
  });

  it("is refused where it is none", () => {
    for (const nonsense of [undefined, null, [], "text", {}, { RegistryEntries: [] }]) {
      assert.throws(() => parseRegistry(nonsense), /no RegistryEntries/);
    }
    assert.throws(() => parseRegistry(registry([])), /lists no attribute/);
    assert.throws(() => parseRegistry({ RegistryEntries: {} }), /lists no attribute/);
  });
});

describe("rules of a registry", () => {
  const attributes = [
    {
      AttributeName: "Mode",
      Type: "Enumeration",
      Value: [{ ValueName: "0", ValueDisplayName: "Simple" }, { ValueName: "1" }],
    },
    { AttributeName: "Level", Type: "Integer" },
    { AttributeName: "Knob", Type: "Boolean" },
    { AttributeName: "Wheel", Type: "Boolean" },
  ];
  const rules = (
    values: Record<string, string | number>,
    ...dependencies: [to: string, property: string, from: unknown[]][]
  ) => {
    const entries = dependencies.map(([to, MapToProperty, MapFrom]) => ({
      Type: "Map",
      Dependency: { MapFrom, MapToAttribute: to, MapToProperty, MapToValue: true },
    }));
    return new Rules(parseRegistry(registry(attributes, entries)), values);
  };
  const when = (attribute: string, condition: string, value: unknown, more: Record<string, unknown> = {}) => ({
    MapFromAttribute: attribute,
    MapFromCondition: condition,
    MapFromValue: value,
    MapFromProperty: "CurrentValue",
    ...more,
  });

  it("join their conditions from the first on", () => {
    const from = [
      when("Level", "GTR", 5),
      when("Level", "LSS", 2, { MapTerms: "OR" }),
      when("Mode", "EQU", "0", { MapTerms: "AND" }),
    ];
    const locked = (Level: number, Mode: string) => rules({ Level, Mode }, ["Knob", "GrayOut", from]).lockOf("Knob");
    assert.equal(locked(6, "0"), "is grayed out while Level is 6 and Mode is 0");
    assert.equal(locked(1, "0"), "is grayed out while Level is 1 and Mode is 0");
    assert.equal(locked(1, "1"), undefined);
    assert.equal(locked(3, "0"), undefined);
  });

  it("compare numbers by size, bounds included where they say so", () => {
    const holds = (condition: string, Level: number) =>
      rules({ Level }, ["Knob", "ReadOnly", [when("Level", condition, "5")]]).lockOf("Knob") !== undefined;
    assert.deepEqual(
      ["GTR", "GEQ", "LSS", "LEQ", "EQU", "NEQ"].map((one) => holds(one, 5)),
      [false, true, false, true, true, false],
    );
    assert.deepEqual(
      ["GTR", "GEQ", "LSS", "LEQ", "EQU", "NEQ"].map((one) => holds(one, 10)),
      [true, true, false, false, false, true],
    );
  });

  it("may name a value by what the screen shows", () => {
    const lock = rules({ Mode: "0" }, ["Knob", "Hidden", [when("Mode", "EQU", "Simple")]]).lockOf("Knob");
    assert.equal(lock, "is hidden while Mode is 0");
  });

  it("may follow from another attribute's lock, and say nothing in a circle", () => {
    const chain = rules(
      { Mode: "1" },
      ["Knob", "GrayOut", [when("Mode", "EQU", "1")]],
      ["Wheel", "Hidden", [when("Knob", "EQU", true, { MapFromProperty: "GrayOut" })]],
    );
    assert.match(chain.lockOf("Wheel") ?? "", /^is hidden while Knob is/);
    const circle = rules(
      {},
      ["Knob", "Hidden", [when("Wheel", "EQU", true, { MapFromProperty: "Hidden" })]],
      ["Wheel", "Hidden", [when("Knob", "EQU", true, { MapFromProperty: "Hidden" })]],
    );
    assert.equal(circle.lockOf("Wheel"), undefined);
  });

  it("lock nothing by an attribute that the machine has not", () => {
    assert.equal(rules({}, ["Knob", "Hidden", [when("Mode", "NEQ", "1")]]).lockOf("Knob"), undefined);
  });
});
