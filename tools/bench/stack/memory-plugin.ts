import { join } from "node:path";
import { createInventory } from "../../../provider/inventory/inventory";
import { reaches } from "../../../provider/inventory/reaches";
import { provider } from "../../../provider/package";
import { serve } from "../../../provider/protocol/server";
import { MemoryMachine } from "./memory-machine";

// The provider itself, on a machine that answers at once.
void serve(async () => ({
  ...provider("0.0.0"),
  inventory: (config) => {
    const machine = new MemoryMachine(join(__dirname, "machine"));
    const make = () => machine;
    return createInventory(config, { ...reaches, local: make, ssh: make, guest: make });
  },
}));
