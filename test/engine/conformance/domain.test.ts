import { definitionConformance } from "../support/conformance";
import { domainSample } from "../support/domain-sample";
import { localMachine, sshMachine } from "../support/machines";

definitionConformance("domain on this machine", domainSample, localMachine);
definitionConformance("domain over ssh", domainSample, sshMachine);
