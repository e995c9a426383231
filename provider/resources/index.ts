import type { ResourceDefinition } from "../protocol/definition";

/** Every resource of the provider. */
export const resources: ResourceDefinition<any, any>[] = [];
