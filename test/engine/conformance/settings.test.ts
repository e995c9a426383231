import { definitionConformance } from "../support/conformance";
import { localMachine } from "../support/machines";
import { settingsSample } from "../support/settings-sample";

definitionConformance("settings on this machine", settingsSample, localMachine);
