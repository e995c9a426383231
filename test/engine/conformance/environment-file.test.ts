import { definitionConformance } from "../support/conformance";
import { environmentSample } from "../support/environment-sample";
import { localMachine } from "../support/machines";

definitionConformance("environment file on this machine", environmentSample, localMachine);
