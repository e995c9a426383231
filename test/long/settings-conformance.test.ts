import { definitionConformance } from "../engine/support/conformance";
import { sshMachine } from "../engine/support/machines";
import { settingsSample } from "../engine/support/settings-sample";

definitionConformance("settings over ssh", settingsSample, sshMachine);
