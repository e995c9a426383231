import { definitionConformance } from "../support/conformance";
import { domainSample } from "../support/domain-sample";
import { sshMachine } from "../support/machines";

definitionConformance("domain over ssh", domainSample, sshMachine);
