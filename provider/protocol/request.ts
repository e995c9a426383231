import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Keys } from "../../core/diff/path";
import type { PlainObject } from "../../core/diff/plain";
import type { Shape } from "../../core/diff/shape";
import { hasUnknown } from "../../core/diff/unknown";
import type { Machine } from "../reach/machine";
import { type Decoded, decode } from "./decode";
import type { WorkContext } from "./definition";
import { MachineUnknown } from "./inventory";
import { parseId } from "./machine-fields";
import { Place, type RequestWork } from "./place";
import type { Provider } from "./provider";
import { redactor } from "./redact";
import type { Resource } from "./resource";
import { holdsSecret } from "./secret-places";
import { SecretTree } from "./secrets";
import { stackOf } from "./urn";

/** How long the look at what failed work has left may take: the user may have pressed Ctrl-C. */
const LOOK_AGAIN_SECONDS = 5;

type Work<T> = (context: WorkContext) => Promise<T>;

/** The decoded parts of one request, its secrets put together, and how its work runs. */
export class Request implements RequestWork {
  private readonly parts: readonly Decoded[];
  private hide: ((text: string) => string) | undefined;

  constructor(
    private readonly provider: Provider,
    readonly urn: string,
    structs: readonly (Struct | undefined)[],
    private readonly shape?: Shape,
    /** Seconds, from the resource's customTimeouts; 0 for none. */
    private readonly timeout = 0,
  ) {
    this.parts = structs.map(decode);
  }

  /** Hides the secrets of the request and of the configuration in a message. */
  readonly redact = (text: string): string => {
    // Collected at the first message: most requests have none.
    this.hide ??= redactor(this.parts, this.shape);
    return this.provider.redact(this.hide(text));
  };

  /** The decoded Struct at a position. */
  part(index: number): Decoded {
    return this.parts[index] ?? { value: {}, secrets: new SecretTree() };
  }

  /** Places that were secret in any part. */
  get secrets(): SecretTree {
    return this.parts.reduce((all, { secrets }) => all.merge(secrets), new SecretTree());
  }

  isSecret(root: PlainObject, keys: Keys, shape: Shape): boolean {
    return holdsSecret(root, keys, this.secrets, shape);
  }

  get stack(): string {
    return stackOf(this.urn);
  }

  get takeOverFrom(): readonly string[] {
    return this.provider.inventory.takeOverFrom;
  }

  /**
   * The place that an id names, reached as the inputs say. `claim` is the one under which this request works.
   * @throws InvalidRequest for ids of another kind and machines that the provider does not know
   */
  place(resource: Resource, id: string, inputs: PlainObject, claim: string): Place {
    const { machine, key } = parseId(id, resource.definition.kind);
    const owner = { stack: this.stack, urn: this.urn, claim };
    return new Place(resource, this.machine(machine, inputs.connection), key, this, owner);
  }

  run<T>(work: Work<T>): Promise<T> {
    const { urn, timeout, redact } = this;
    return this.redacted(this.provider.workshop.run({ urn, timeout, redact }, work));
  }

  lookAgain<T>(work: Work<T>): Promise<T> {
    const options = { urn: this.urn, timeout: LOOK_AGAIN_SECONDS, redact: this.redact, afterCancel: true };
    return this.redacted(this.provider.workshop.run(options, work));
  }

  private machine(name: string, connection: unknown): Machine {
    if (hasUnknown(connection)) throw new MachineUnknown(name);
    return this.provider.inventory.machine(name, connection as PlainObject | undefined);
  }

  /** Errors quote what a machine said, and machines quote what they were sent. */
  private async redacted<T>(result: Promise<T>): Promise<T> {
    try {
      return await result;
    } catch (error) {
      if (error instanceof Error) error.message = this.redact(error.message);
      throw error;
    }
  }
}
