import { z } from "zod";
import { mergePlanned } from "../../../../../core/diff/merge";
import type { PlainObject } from "../../../../../core/diff/plain";
import { type PreviousValue, rememberPrevious, restore, withRestored } from "../../../../../core/ownership/previous";
import type { ResourceContext } from "../../../../../provider/protocol/definition";
import { Resource } from "../../../../../provider/protocol/resource";
import { Machine } from "../../../../../provider/reach/machine";
import { nicFirmwareDefinition } from "../../../../../provider/resources/nic-firmware/definition";
import type { SimulatedHost } from "./simulated-host";

const resource = new Resource(nicFirmwareDefinition as never, z.strictObject({}));

/** What an update or a look came to. */
export interface Outcome {
  /** Paths that were planned, as the engine would show them. */
  readonly planned: string[];
  readonly warnings: string[];
  readonly outputs: PlainObject;
}

/**
 * One NicFirmware resource in a stack of its own, with the protocol layer's check, decide, judge and ownership, and
 * without its locks and records.
 */
export class NicStack {
  state: PlainObject | undefined;
  #inputs: PlainObject = {};
  #previous: PreviousValue[] = [];

  constructor(
    /** Another one is this host after cards were changed while its power was off. */
    public host: SimulatedHost,
    readonly device: string,
    /** Shared with other resources; without it each look is one of its own, as in another process. */
    private readonly machine?: Machine,
  ) {}

  /** The checked inputs, or what is wrong with them. */
  check(inputs: object): PlainObject {
    const checked = resource.check({ host: "node7", device: this.device, ...inputs });
    if (checked.problems.length > 0) {
      throw new Error(checked.problems.map(({ path, message }) => `${path}: ${message}`).join("\n"));
    }
    return checked.inputs;
  }

  /** Looks at the machine as a preview of a create does; writes nothing. */
  async preview(inputs: object): Promise<Outcome> {
    const wanted = this.check(inputs);
    const { context, warnings } = this.#context("reading");
    const observed = this.state ?? (await resource.observe(context, this.device, { inputs: wanted }));
    resource.mustSuit({ observed, wanted }, context);
    const changes = resource.decide({ observed: observed ?? {}, wanted, previous: this.#inputs });
    const target = resource.asInputs(mergePlanned(observed ?? {}, wanted, changes));
    return { planned: changes.map(({ path }) => path), warnings, outputs: resource.preview(target, observed) };
  }

  /** What an import by id finds. */
  import(): Promise<PlainObject | undefined> {
    return resource.observe(this.#context("reading").context, this.device, {});
  }

  /** Plans against the state, then creates or updates. */
  async up(inputs: object): Promise<Outcome> {
    const wanted = this.check(inputs);
    if (this.state) await this.refresh();
    const { context, warnings } = this.#context("writing");
    const look = () => resource.observe(context, this.device, { inputs: wanted, state: this.state });
    const before = await look();
    if (before === undefined) throw new Error("nothing is there");
    resource.mustSuit({ observed: before, wanted }, context);
    const changes = resource.decide({ observed: before, wanted, previous: this.#inputs });
    const writes = resource.written(changes);
    const remembered = rememberPrevious(this.#previous, before, writes, () => false);
    const restored = withRestored(wanted, writes, remembered, resource.inputShape);
    const target = resource.asInputs(mergePlanned(before, restored.wanted, changes));
    if (!this.state || writes.length > 0) await resource.definition.apply(context, target, before, writes);
    this.#previous = [...restored.previous];
    const after = (await look()) ?? {};
    const left = resource
      .decide({ observed: resource.withoutDropped(after, wanted), wanted })
      .filter(({ path }) => changes.some((done) => done.path === path));
    if (left.length > 0) throw new Error(`not as wanted: ${left.map(({ path }) => path).join(", ")}`);
    this.state = resource.withoutDropped({ ...after, ...resource.keptOf(wanted) }, wanted);
    this.#inputs = wanted;
    return { planned: changes.map(({ path }) => path), warnings, outputs: this.state };
  }

  /** Paths that a plan would show after a refresh: drift. Nothing where the adapter is gone. */
  async refresh(): Promise<string[] | undefined> {
    const { context } = this.#context("reading");
    const seen = await resource.observe(context, this.device, { inputs: this.#inputs, state: this.state });
    this.state = seen;
    return seen && resource.decide({ observed: seen, wanted: this.#inputs }).map(({ path }) => path);
  }

  /** Puts back what was there; returns what it warned of. */
  async destroy(): Promise<string[]> {
    const { context, warnings } = this.#context("writing");
    const observed = await resource.observe(context, this.device, { inputs: this.#inputs, state: this.state });
    if (!observed) return warnings;
    const { target, changes, left } = restore(observed, this.#inputs, this.#previous, resource.inputShape);
    warnings.push(...left);
    if (changes.length > 0) {
      await resource.definition.apply(context, resource.asInputs(target), observed, changes);
    }
    this.state = undefined;
    return warnings;
  }

  /** Applies previous values as a restore does; returns what it warned of. */
  async putBack(observed: PlainObject, parameters: Record<string, number>): Promise<string[]> {
    const { context, warnings } = this.#context("writing");
    const changes = Object.keys(parameters).map((name) => {
      return { path: `parameters.${name}`, keys: ["parameters", name], kind: "add" as const };
    });
    await resource.definition.apply(context, { device: this.device, parameters }, observed, changes);
    return warnings;
  }

  #context(mode: "reading" | "writing"): { context: ResourceContext; warnings: string[] } {
    const warnings: string[] = [];
    const { reading } = this.machine ?? new Machine({ name: "node7", reach: this.host });
    // As `Machine.writing` does it, without the lock on the machine.
    const writing = { ...reading, isShared: false, facts: <T>(_: string, read: () => Promise<T>) => read() };
    const machine = mode === "reading" ? reading : writing;
    const context: ResourceContext = {
      machine,
      signal: new AbortController().signal,
      owner: { stack: "test/nic", urn: "urn:nic", claim: "claim" },
      status: () => undefined,
      phase: (_name, _seconds, work) => work(),
      warn: (message) => warnings.push(message),
      info: () => undefined,
    };
    return { context, warnings };
  }
}
