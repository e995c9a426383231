import type { ResourceDefinition } from "../protocol/definition";
import { domainDefinition } from "./domain/definition";

/** Every resource of the provider. */
export const resources: ResourceDefinition<any, any>[] = [domainDefinition];
