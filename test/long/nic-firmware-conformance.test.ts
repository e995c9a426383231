import { definitionConformance } from "../engine/support/conformance";
import { nicFirmwareSample } from "../engine/support/nic-firmware-sample";
import { cardMachine } from "../lab/engine/support/card-machine";

definitionConformance("NIC firmware over ssh", nicFirmwareSample, cardMachine, { definitionAlone: true });
