import type { AnyResourceDefinition } from "../protocol/definition";
import { domainDefinition } from "./domain/definition";

/** Every resource of the provider. */
export const resources: AnyResourceDefinition[] = [domainDefinition];
