import { definitionConformance } from "../engine/support/conformance";
import { environmentSample } from "../engine/support/environment-sample";
import { localMachine } from "../engine/support/machines";

definitionConformance("environment file on this machine", environmentSample, localMachine);
