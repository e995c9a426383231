import { definitionConformance } from "../support/conformance";
import { localMachine, sshMachine } from "../support/machines";
import { settingsSample } from "../support/settings-sample";

definitionConformance("settings on this machine", settingsSample, localMachine);
definitionConformance("settings over ssh", settingsSample, sshMachine);
