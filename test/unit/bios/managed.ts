import { z } from "zod";
import type { Change } from "../../../core/diff/field-diff";
import { mergePlanned } from "../../../core/diff/merge";
import type { PlainObject } from "../../../core/diff/plain";
import { rememberPrevious, restore, withRestored } from "../../../core/ownership/previous";
import type { Judgement, ResourceContext } from "../../../provider/protocol/definition";
import { Resource } from "../../../provider/protocol/resource";
import type { MachineView } from "../../../provider/reach/machine";
import type { Redfish } from "../../../provider/reach/redfish/redfish";
import { biosDefinition } from "../../../provider/resources/bios/definition";
import type { BiosInputs, BiosOutputs } from "../../../provider/resources/bios/shapes";

type Outputs = BiosOutputs & PlainObject;

/** A Bios resource as the protocol layer drives it, on one machine. */
export class Managed {
  readonly phases: string[] = [];
  readonly infos: string[] = [];
  readonly warnings: string[] = [];
  readonly abort = new AbortController();
  private readonly resource = new Resource(biosDefinition as never, z.strictObject({}));

  constructor(
    readonly redfish: Redfish | undefined,
    readonly host: string,
  ) {}

  /** Checked inputs, with defaults; throws what is wrong with them. */
  inputs(input: PlainObject = {}): BiosInputs & PlainObject {
    const { inputs, problems } = this.resource.check({ host: this.host, ...input });
    if (problems.length > 0) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    return inputs as BiosInputs & PlainObject;
  }

  async observe(inputs?: PlainObject, state?: PlainObject): Promise<Outputs | undefined> {
    return (await this.resource.observe(this.context, "system", { inputs, state })) as Outputs | undefined;
  }

  async mustObserve(inputs?: PlainObject, state?: PlainObject): Promise<Outputs> {
    const found = await this.observe(inputs, state);
    if (!found) throw new Error("nothing was observed");
    return found;
  }

  changes(observed: PlainObject, wanted: PlainObject, previous?: PlainObject): Change[] {
    return this.resource.decide({ observed, wanted, previous });
  }

  paths(observed: PlainObject, wanted: PlainObject, previous?: PlainObject): string[] {
    return this.changes(observed, wanted, previous).map(({ path }) => path);
  }

  judge(observed: PlainObject, wanted: PlainObject): Judgement {
    return this.resource.judge(observed, wanted);
  }

  /** `path: message` of each refusal. */
  refusals(observed: PlainObject, wanted: PlainObject): string[] {
    return (this.judge(observed, wanted).refusals ?? []).map(({ path, message }) => `${path}: ${message}`);
  }

  preview(observed: PlainObject, wanted: PlainObject): Partial<Outputs> {
    const merged = mergePlanned(observed, wanted, this.changes(observed, wanted));
    return this.resource.preview(this.resource.asInputs(merged), observed);
  }

  /** Look, write what differs, look again: the new state. */
  async up(wanted: PlainObject, state?: PlainObject): Promise<Outputs> {
    const before = await this.mustObserve(wanted, state);
    await this.write(wanted, before, this.changes(before, wanted));
    return this.mustObserve(wanted, state);
  }

  /** Puts back what was before the first write. */
  async destroy(written: PlainObject, first: PlainObject): Promise<void> {
    const observed = await this.mustObserve(written, written);
    const previous = this.changes(first, written).map(({ keys }) => ({ keys, value: valueIn(first, keys) }));
    const { target, changes } = restore(observed, written, previous, this.resource.inputShape);
    await this.resource.definition.apply(this.context, this.resource.asInputs(target), observed, changes);
  }

  /** Another program: what it has no longer gets back what was there at first. */
  async change(to: PlainObject, from: PlainObject, first: PlainObject, state: PlainObject): Promise<void> {
    const observed = await this.mustObserve(to, state);
    const changes = this.changes(observed, to, from);
    const previous = rememberPrevious([], first, this.changes(first, from), () => false);
    const { wanted } = withRestored(to, changes, previous, this.resource.inputShape);
    await this.write(wanted, observed, changes);
  }

  async write(wanted: PlainObject, observed: PlainObject | undefined, changes: readonly Change[]): Promise<void> {
    const target = this.resource.asInputs(mergePlanned(observed ?? {}, wanted, changes));
    await this.resource.definition.apply(this.context, target, observed, this.resource.written(changes));
  }

  get context(): ResourceContext {
    const machine = {
      name: this.host,
      redfish: this.redfish,
      libvirtUri: undefined,
      facts: (_: string, read: () => Promise<unknown>) => read(),
    } as Partial<MachineView> as MachineView;
    return {
      machine,
      owner: { stack: "project/stack", urn: "urn:bios", claim: "claim" },
      signal: this.abort.signal,
      status: () => undefined,
      phase: (name, _, work) => {
        this.phases.push(name);
        return work();
      },
      warn: (message) => this.warnings.push(message),
      info: (message) => this.infos.push(message),
    };
  }
}

function valueIn(root: PlainObject, keys: Change["keys"]): unknown {
  return keys.reduce<unknown>((value, key) => (value as PlainObject | undefined)?.[key], root);
}
