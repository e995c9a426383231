import { driftOfAll } from "./support/drift-of-all";
import { tuningOfGuest } from "./support/tuned-guest";

tuningOfGuest("networkd", driftOfAll);
