import type { FunctionDefinition } from "../protocol/definition";
import { getHostTopology } from "./get-host-topology";
import { planGuest } from "./plan-guest";

/** Every function of the provider. */
export const functions: FunctionDefinition[] = [getHostTopology, planGuest];
