import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Shape } from "../../core/diff/shape";
import { type Decoded, decode } from "./decode";
import type { FunctionDefinition, ProviderDefinition, WorkContext } from "./definition";
import { InvalidRequest } from "./errors";
import { nearest } from "./nearest";
import { redactor } from "./redact";
import { Resource } from "./resource";
import { SecretTree } from "./secrets";
import type { Workshop } from "./work";

/** How long the look at what failed work has left may take: the user may have pressed Ctrl-C. */
const LOOK_AGAIN_SECONDS = 5;

/** What every RPC needs: the definitions by token, and the work in progress. */
export class Provider {
  private readonly resources = new Map<string, Resource>();
  private readonly functions: ReadonlyMap<string, FunctionDefinition>;

  constructor(
    readonly definition: ProviderDefinition,
    readonly workshop: Workshop,
  ) {
    this.functions = new Map(definition.functions.map((one) => [one.token, one]));
  }

  /** The resource that a request is about. Throws InvalidRequest for a type that this version does not have. */
  resource(urn: string, type: string): Resource {
    // urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME; older engines send no separate type.
    const token = type || (urn.split("::")[2] ?? "").split("$").pop() || "";
    let resource = this.resources.get(token);
    if (!resource) {
      const definition = this.definition.resources.find((one) => one.token === token);
      if (!definition) throw this.unknownToken("resource", token, this.definition.resources);
      resource = new Resource(definition);
      this.resources.set(token, resource);
    }
    return resource;
  }

  function(token: string): FunctionDefinition {
    const found = this.functions.get(token);
    if (!found) throw this.unknownToken("function", token, this.definition.functions);
    return found;
  }

  private unknownToken(what: string, token: string, known: readonly { token: string }[]): InvalidRequest {
    const { name, version } = this.definition;
    const meant = nearest(
      token,
      known.map((one) => one.token),
    );
    return new InvalidRequest(
      `${name} ${version} has no ${what} ${JSON.stringify(token)}${meant ? `; did you mean ${meant}?` : "."}`,
    );
  }
}

type Work<T> = (context: WorkContext) => Promise<T>;

/** The decoded parts of one request, its secrets put together, and how its work runs. */
export class Request {
  readonly redact: (text: string) => string;
  private readonly parts: readonly Decoded[];

  constructor(
    private readonly provider: Provider,
    private readonly urn: string,
    structs: readonly (Struct | undefined)[],
    shape?: Shape,
  ) {
    this.parts = structs.map(decode);
    this.redact = redactor(this.parts, shape);
  }

  /** The decoded Struct at a position. */
  part(index: number): Decoded {
    return this.parts[index] ?? { value: {}, secrets: new SecretTree() };
  }

  /** Places that were secret in any part. */
  get secrets(): SecretTree {
    return this.parts.reduce((all, { secrets }) => all.merge(secrets), new SecretTree());
  }

  run<T>(timeout: number, work: Work<T>): Promise<T> {
    return this.redacted(this.provider.workshop.run({ urn: this.urn, timeout, redact: this.redact }, work));
  }

  lookAgain<T>(work: Work<T>): Promise<T> {
    const options = { urn: this.urn, timeout: LOOK_AGAIN_SECONDS, redact: this.redact, afterCancel: true };
    return this.redacted(this.provider.workshop.run(options, work));
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
