export { checkConfiguration } from "./check";
export { createInventory } from "./inventory";
export { configuration, connection } from "./shapes";
