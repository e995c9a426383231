import { z } from "zod";
import type { Change } from "../../../core/diff/field-diff";
import { mergePlanned, valueAt } from "../../../core/diff/merge";
import type { PlainObject } from "../../../core/diff/plain";
import { rememberPrevious, restore, withRestored } from "../../../core/ownership/previous";
import type { ResourceContext } from "../../../provider/protocol/definition";
import { Resource } from "../../../provider/protocol/resource";
import type { MachineView } from "../../../provider/reach/machine";
import { ncclRuntimeDefinition } from "../../../provider/resources/nccl-runtime/definition";
import type { NcclRuntimeOutputs } from "../../../provider/resources/nccl-runtime/shapes";
import type { FakeGuest } from "./fake-guest";

type Outputs = NcclRuntimeOutputs & PlainObject;

/** An NcclRuntime as the protocol layer drives it, on one guest. */
export class Managed {
  private readonly resource = new Resource(ncclRuntimeDefinition as never, z.strictObject({}));

  constructor(readonly guest: FakeGuest) {}

  /** Checked inputs, with defaults; throws what is wrong with them. */
  inputs(input: PlainObject = {}): PlainObject {
    const { inputs, problems } = this.resource.check({ host: "guest", ...input });
    if (problems.length > 0) throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    return inputs;
  }

  async observe(inputs?: PlainObject, state?: PlainObject): Promise<Outputs> {
    const found = await this.resource.observe(this.context, "runtime", { inputs, state });
    if (!found) throw new Error("nothing was observed");
    return found as Outputs;
  }

  changes(observed: PlainObject, wanted: PlainObject, previous?: PlainObject): Change[] {
    return this.resource.decide({ observed, wanted, previous });
  }

  resolved(observed: PlainObject, wanted: PlainObject): PlainObject {
    return this.resource.resolved(observed, wanted);
  }

  /** `path: message` of refusals, and warnings. */
  judge(observed: PlainObject, wanted: PlainObject): { refusals: string[]; warnings: readonly string[] } {
    const { refusals = [], warnings = [] } = this.resource.judge(observed, wanted);
    return { refusals: refusals.map(({ path, message }) => `${path}: ${message}`), warnings };
  }

  /** Look, write what differs, look again: the new state. Throws where it does not hold. */
  async up(input: PlainObject): Promise<Outputs> {
    const wanted = this.inputs(input);
    const before = await this.observe(wanted);
    await this.write(this.resolved(before, wanted), before, this.changes(before, wanted));
    const after = await this.observe(wanted);
    const left = this.changes(after, wanted);
    if (left.length > 0) throw new Error(`not as wanted: ${left.map(({ path }) => path).join(", ")}`);
    return after;
  }

  /** Another program: what it has no longer gets back what was there at first. */
  async change(from: PlainObject, to: PlainObject, first: PlainObject): Promise<Outputs> {
    const [before, after] = [this.inputs(from), this.inputs(to)];
    const observed = await this.observe(after, await this.observe(before));
    const previous = this.previous(first, before);
    const wanted = this.resolved(observed, after);
    const changes = this.changes(observed, after, this.resolved(observed, before));
    await this.write(withRestored(wanted, changes, previous, this.resource.inputShape).wanted, observed, changes);
    return this.observe(after);
  }

  /** Puts back what was before the first write. */
  async destroy(input: PlainObject, first: PlainObject): Promise<void> {
    const inputs = this.inputs(input);
    const observed = await this.observe(inputs);
    const { target, changes } = restore(
      observed,
      this.resolved(observed, inputs),
      this.previous(first, inputs),
      this.resource.inputShape,
    );
    if (changes.length === 0) return;
    await ncclRuntimeDefinition.apply(this.context, this.resource.asInputs(target) as never, observed, changes);
  }

  private previous(first: PlainObject, written: PlainObject) {
    return rememberPrevious([], first, this.changes(first, written), () => false);
  }

  private async write(wanted: PlainObject, observed: Outputs, changes: readonly Change[]): Promise<void> {
    const target = this.resource.asInputs(mergePlanned(observed, wanted, changes));
    const written = this.resource.written(changes);
    if (written.length > 0) await ncclRuntimeDefinition.apply(this.context, target as never, observed, written);
  }

  get context(): ResourceContext {
    const machine: Partial<MachineView> = { name: "guest", reach: this.guest.reach };
    return {
      machine: machine as MachineView,
      owner: { stack: "project/stack", urn: "urn:nccl", claim: "claim" },
      signal: new AbortController().signal,
      status: () => undefined,
      phase: (_name, _seconds, work) => work(),
      warn: () => undefined,
      info: () => undefined,
    };
  }
}

export const entry = (outputs: PlainObject, name: string): unknown => valueAt(outputs, ["environment", name]);
