import type {
  AttributeRegistry,
  Attributes,
  AttributeValue,
  DependencyCondition,
  RegistryAttribute,
} from "./bios-reading";
import { valueIn } from "./next-values";

/** Properties by which a rule keeps an attribute from being written; Dell spells the first one Readonly in places. */
const LOCKS = ["readonly", "immutable", "grayout", "hidden"] as const;
type Lock = (typeof LOCKS)[number];

const WORDS: Readonly<Record<Lock, string>> = {
  readonly: "read-only",
  immutable: "fixed",
  grayout: "grayed out",
  hidden: "hidden",
};

/** An AttributeRegistry with its rules, held against the values that are to be (DSP0268, AttributeRegistry.Dependencies). */
export class Rules {
  private readonly byName: ReadonlyMap<string, RegistryAttribute>;

  constructor(
    private readonly registry: AttributeRegistry,
    private readonly values: Attributes,
  ) {
    this.byName = new Map(registry.attributes.map((attribute) => [attribute.name, attribute]));
  }

  /** Why the attribute cannot be written, with the values that lock it; undefined where it can. */
  lockOf(name: string): string | undefined {
    for (const lock of LOCKS) {
      const { holds, because } = this.property(name, lock, new Set());
      if (holds) return because === undefined ? `is ${WORDS[lock]}` : `is ${WORDS[lock]} while ${because}`;
    }
    return undefined;
  }

  /** The value that a rule gives the attribute whatever is written, and why; undefined where none does. */
  forcedValue(name: string): { value: AttributeValue; because: string } | undefined {
    const rule = this.rulesFor(name, "currentvalue").find(({ from }) => this.meets(from, new Set()));
    return rule && { value: rule.value, because: this.wordsOf(rule.from) };
  }

  private rulesFor(name: string, property: string) {
    return this.registry.dependencies.filter(
      (rule) => rule.attribute === name && rule.property.toLowerCase() === property,
    );
  }

  private property(name: string, property: Lock, asked: ReadonlySet<string>): { holds: boolean; because?: string } {
    const rules = this.rulesFor(name, property);
    const key = `${name} ${property}`;
    // Rules that go in a circle say nothing.
    const met = asked.has(key)
      ? undefined
      : rules.filter(({ from }) => this.meets(from, new Set([...asked, key]))).at(-1);
    if (met) return { holds: met.value === true, because: this.wordsOf(met.from) };
    // Where a rule says when it holds, the flag is only how it was when the registry was written.
    if (rules.some(({ value }) => value === true)) return { holds: false };
    return { holds: this.flag(name, property) };
  }

  private flag(name: string, property: Lock): boolean {
    const attribute = this.byName.get(name);
    const flags: Readonly<Record<Lock, boolean | undefined>> = {
      readonly: attribute?.readOnly,
      immutable: attribute?.immutable,
      grayout: attribute?.grayOut,
      hidden: attribute?.hidden,
    };
    return flags[property] === true;
  }

  /** Whether the conditions hold, read from the first on. */
  private meets(conditions: readonly DependencyCondition[], asked: ReadonlySet<string>): boolean {
    return conditions.reduce((met, condition, index) => {
      const holds = this.holds(condition, asked);
      if (index === 0) return holds;
      return condition.terms === "OR" ? met || holds : met && holds;
    }, false);
  }

  private holds({ attribute, property, condition, value }: DependencyCondition, asked: ReadonlySet<string>): boolean {
    const lock = LOCKS.find((one) => one === property.toLowerCase());
    const found = lock ? this.property(attribute, lock, asked).holds : this.valueFor(attribute, property);
    // Of an attribute that this machine has not, nothing can be told; it locks nothing.
    if (found === undefined) return false;
    if (condition === "EQU" || condition === "NEQ") return this.same(attribute, found, value) === (condition === "EQU");
    const [left, right] = [Number(found), Number(value)];
    if (condition === "GTR") return left > right;
    if (condition === "GEQ") return left >= right;
    return condition === "LSS" ? left < right : left <= right;
  }

  private valueFor(attribute: string, property: string): AttributeValue | undefined {
    return property.toLowerCase() === "currentvalue" ? valueIn(this.values, attribute) : undefined;
  }

  /** Some registries name the value in a condition by what the screen shows, or a number as text. */
  private same(attribute: string, found: AttributeValue, value: AttributeValue): boolean {
    if (found === value || String(found) === String(value)) return true;
    const shown = this.byName.get(attribute)?.values?.find(({ name }) => name === String(found))?.displayName;
    return shown !== undefined && shown === value;
  }

  private wordsOf(conditions: readonly DependencyCondition[]): string {
    const names = [...new Set(conditions.map(({ attribute }) => attribute))];
    return names.map((name) => `${name} is ${String(valueIn(this.values, name) ?? "unknown")}`).join(" and ");
  }
}
