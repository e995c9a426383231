import { agentGoneInMidChange } from "./support/agent-gone";
import { tuningOfGuest } from "./support/tuned-guest";

tuningOfGuest("NetworkManager", agentGoneInMidChange);
