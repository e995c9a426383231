import type { FunctionDefinition } from "../protocol/definition";

/** Every function of the provider. */
export const functions: FunctionDefinition<any, any>[] = [];
