import { definitionConformance } from "../engine/support/conformance";
import { domainSample } from "../engine/support/domain-sample";
import { localMachine } from "../engine/support/machines";

definitionConformance("domain on this machine", domainSample, localMachine);
