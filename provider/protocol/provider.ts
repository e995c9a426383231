import type { PlainObject } from "../../core/diff/plain";
import { nearest } from "../../core/nearest";
import type { Problem } from "../../core/problems";
import type { FunctionDefinition, ProviderDefinition } from "./definition";
import { InvalidRequest } from "./errors";
import type { Inventory } from "./inventory";
import { Resource } from "./resource";
import { typeOf } from "./urn";
import type { Workshop } from "./work";

/** What every RPC needs: the definitions by token, the machines, and the work in progress. */
export class Provider {
  private readonly resources = new Map<string, Resource>();
  private readonly functions: ReadonlyMap<string, FunctionDefinition>;
  private readonly urns = new Map<string, string>();
  private configured: { readonly inventory: Inventory; readonly redact: (text: string) => string } | undefined;

  constructor(
    readonly definition: ProviderDefinition,
    readonly workshop: Workshop,
  ) {
    this.functions = new Map(definition.functions.map((one) => [one.token, one]));
  }

  /** The resource that a request is about. Throws InvalidRequest for a type that this version does not have. */
  resource(urn: string, type: string): Resource {
    // Older engines send no separate type.
    const token = type || typeOf(urn);
    let resource = this.resources.get(token);
    if (!resource) {
      const definition = this.definition.resources.find((one) => one.token === token);
      if (!definition) throw this.unknownToken("resource", token, this.definition.resources);
      resource = new Resource(definition, this.definition.connection);
      this.resources.set(token, resource);
    }
    return resource;
  }

  function(token: string): FunctionDefinition {
    const found = this.functions.get(token);
    if (!found) throw this.unknownToken("function", token, this.definition.functions);
    return found;
  }

  /** Takes a configuration, which may hold unknowns in a preview. `redact` hides its secrets in messages. */
  configure(config: PlainObject, redact: (text: string) => string): void {
    void this.configured?.inventory.close();
    this.configured = { inventory: this.definition.inventory(config), redact };
  }

  /** The machines; those of an empty configuration where none was sent. */
  get inventory(): Inventory {
    this.configured ??= { inventory: this.definition.inventory({}), redact: (text) => text };
    return this.configured.inventory;
  }

  redact(text: string): string {
    return this.configured?.redact(text) ?? text;
  }

  /**
   * Two resources of a program that would manage one thing undo each other's work at each update. Every resource of a
   * program is checked by this process, so the second one is found.
   */
  problemOfTwins(id: string, urn: string): Problem[] {
    const other = this.urns.get(id);
    this.urns.set(id, other ?? urn);
    if (other === undefined || other === urn) return [];
    return [{ path: "", message: `${id} is managed by ${other} already; remove one of the two.` }];
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
