import { biosSample } from "../engine/support/bios-sample";
import { definitionConformance } from "../engine/support/conformance";
import { bmcMachine } from "../lab/engine/support/bmc-machine";

definitionConformance("BIOS settings over ssh and Redfish", biosSample, bmcMachine, { definitionAlone: true });
