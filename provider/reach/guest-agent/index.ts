export { AgentError } from "./failure";
export { GuestAgentReach } from "./guest-agent-reach";
export { waitUntilAnswers } from "./wait";
