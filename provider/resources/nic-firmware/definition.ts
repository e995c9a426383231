import { nicBootNeed } from "../../../core/nic/boot-need";
import { checkDevice, checkParameters } from "../../../core/nic/check-parameters";
import { judgeParameters } from "../../../core/nic/judge";
import type { ParameterValues } from "../../../core/nic/parameter-value";
import { withProfile } from "../../../core/nic/profile";
import type { ResourceDefinition } from "../../protocol/definition";
import { applyNicFirmware } from "./apply";
import { observeNicFirmware } from "./observe";
import { type NicFirmwareInputs, type NicFirmwareOutputs, nicFirmwareInputs, nicFirmwareOutputs } from "./shapes";

export const nicFirmwareDefinition: ResourceDefinition<NicFirmwareInputs, NicFirmwareOutputs> = {
  token: "gpudirect:index:NicFirmware",
  description:
    "Firmware parameters of a ConnectX or BlueField adapter, set by mstconfig or mlxconfig on its host. They take effect at the next boot: parameters holds the values of the next boot, running those in force. A parameter that the adapter does not show yet is named in locked and left until it does: after the boot that unlocks it, the next update sets it. A delete puts back the values that were there before.",
  kind: "nic",
  inputs: nicFirmwareInputs,
  outputs: nicFirmwareOutputs,
  replaceOn: ["device"],
  kept: ["profile"],
  settingMaps: ["parameters"],
  key: ({ device }) => device,

  imply: ({ profile, parameters }) =>
    parameters === undefined ? {} : { parameters: withProfile(profile, parameters) },
  checkNeeds: [],
  check: ({ device, parameters }: Partial<NicFirmwareInputs>) => [
    ...(device === undefined ? [] : checkDevice(device)),
    ...checkParameters(parameters ?? {}),
  ],

  observe: observeNicFirmware,
  judge: (observed, wanted) => judgeParameters(observed, wanted),
  // Another card is refused also where nothing is to be set: values kept in the state are not its own.
  pending: ({ otherCard }) => (otherCard === undefined ? [] : ["otherCard"]),
  apply: applyNicFirmware,

  previewNeeds: ["device", "parameters"],
  preview(target, observed) {
    if (observed?.running === undefined) return {};
    const { deviceType, partNumber, description, serialNumber, firmwareVersion, psid } = observed;
    const { tool, toolVersion, functions, lockdown } = observed;
    const facts = {
      deviceType,
      partNumber,
      description,
      serialNumber,
      firmwareVersion,
      psid,
      tool,
      toolVersion,
      functions,
      lockdown,
    };
    const wanted = target.parameters as ParameterValues;
    return { ...facts, bootNeed: nicBootNeed({ ...observed, deviceType, target: wanted }) };
  },

  // A setting that was not there before cannot be: every parameter of a card has a value.
  async destroy() {},
};
