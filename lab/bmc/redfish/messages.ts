import type { JsonObject } from "../json";

/**
 * Messages of the Base registry that this service answers with: severity, text and resolution.
 * Keys, number and order of arguments: DMTF DSP0268, Base message registry 1.18. The texts are this project's.
 */
const BASE = {
  Success: ["OK", "The request was carried out.", "None."],
  Created: ["OK", "The resource was created.", "None."],
  NoOperation: ["Warning", "The request changes nothing.", "Name a property to change."],
  AccessDenied: ["Critical", "The user name, password or token was not accepted.", "Log in and try again."],
  ActionParameterMissing: [
    "Critical",
    "The action %1 needs the parameter %2.",
    "Add the parameter and send the request again.",
  ],
  ActionParameterNotSupported: [
    "Warning",
    "The parameter %1 of the action %2 is not known.",
    "Leave the parameter out and send the request again.",
  ],
  ActionParameterValueConflict: [
    "Warning",
    "The parameter %1 with the value %2 does not fit the present state.",
    "Bring the resource into a state that allows the value, or send another value.",
  ],
  ActionParameterValueFormatError: [
    "Warning",
    "The value %1 of the parameter %2 of the action %3 has a wrong form.",
    "Send a value of the form that the parameter has.",
  ],
  ActionParameterValueNotInList: [
    "Warning",
    "The value %1 of the parameter %2 of the action %3 is none of its allowable values.",
    "Choose one of the allowable values.",
  ],
  GeneralError: ["Critical", "The request failed.", "See the other messages."],
  InsufficientPrivilege: ["Critical", "The account may not do this.", "Use an account with a higher role."],
  InternalError: ["Critical", "The service failed inside.", "Send the request again; look at the service's log."],
  MalformedJSON: ["Critical", "The request's body is not JSON.", "Send a JSON object."],
  UnrecognizedRequestBody: ["Warning", "The request's body is not a JSON object.", "Send a JSON object."],
  OperationNotAllowed: ["Critical", "The resource does not take this method.", "See the Allow header."],
  OperationFailed: ["Warning", "A part of the service failed.", "Send the request again later."],
  PasswordChangeRequired: ["Critical", "The password has to be changed first.", "PATCH Password of %1."],
  PreconditionFailed: ["Critical", "The resource changed since its ETag was read.", "Read it and send the new ETag."],
  PreconditionRequired: ["Critical", "The request needs an If-Match header.", "Read the resource and send its ETag."],
  PropertyMissing: ["Warning", "The property %1 is missing.", "Add the property."],
  PropertyNotWritable: ["Warning", "The property %1 cannot be written.", "Leave the property out."],
  PropertyUnknown: ["Warning", "The property %1 is not known.", "Leave the property out."],
  PropertyValueFormatError: ["Warning", "The value %1 of the property %2 has a wrong form.", "Correct the value."],
  PropertyValueIncorrect: ["Warning", "The property %1 with the value %2 was not accepted.", "Send another value."],
  PropertyValueNotInList: [
    "Warning",
    "The value %1 of the property %2 is none of its values.",
    "Choose one of the values that the schema or the registry lists.",
  ],
  PropertyValueOutOfRange: ["Warning", "The value %1 of the property %2 is out of range.", "Stay within its bounds."],
  PropertyValueTypeError: ["Warning", "The value %1 of the property %2 has a wrong type.", "Correct the type."],
  QueryParameterUnsupported: ["Warning", "The query parameter %1 is not offered.", "Leave the parameter out."],
  ResourceAlreadyExists: ["Critical", "A %1 with %2 %3 is there already.", "Choose another value."],
  ResourceCannotBeDeleted: ["Critical", "The resource cannot be deleted.", "Keep it."],
  ResourceInUse: ["Warning", "The resource is busy.", "Send the request again when its work is done."],
  ResourceMissingAtURI: ["Critical", "There is no resource at %1.", "Follow the links from the service root."],
  ServiceTemporarilyUnavailable: ["Critical", "The service is not available now.", "Send it again in %1 seconds."],
  SessionLimitExceeded: ["Critical", "No more sessions can be opened.", "End a session first."],
} as const satisfies Record<string, readonly [severity: string, text: string, resolution: string]>;

export type MessageKey = keyof typeof BASE;

const VERSION = "1.18.0";
export const BASE_REGISTRY_ID = `Base.${VERSION}`;

/** A Redfish message (DMTF DSP0268, Message 1.2). */
export interface Message extends JsonObject {
  readonly MessageId: string;
  readonly Message: string;
}

/** The message of a key. `args` fill %1, %2 …; `related` are JSON pointers of the properties it is about. */
export function message(key: MessageKey, args: readonly string[] = [], related: readonly string[] = []): Message {
  const [severity, text, resolution] = BASE[key];
  const fill = (template: string): string => template.replaceAll(/%(\d)/g, (_, n) => args[Number(n) - 1] ?? "");
  return {
    "@odata.type": "#Message.v1_2_1.Message",
    MessageId: `Base.1.18.${key}`,
    Message: fill(text),
    MessageArgs: [...args],
    ...(related.length > 0 ? { RelatedProperties: [...related] } : {}),
    Severity: severity,
    MessageSeverity: severity,
    Resolution: fill(resolution),
  };
}

/** The body of an error answer (DSP0266, "Error responses"). */
export function errorBody(messages: readonly Message[]): JsonObject {
  const [first] = messages;
  const summary = messages.length === 1 && first ? first : message("GeneralError");
  return {
    error: { code: summary.MessageId, message: summary.Message, "@Message.ExtendedInfo": [...messages] },
  };
}

/** The Base registry as this service fills it. */
export function baseRegistry(): JsonObject {
  const keys = Object.keys(BASE) as MessageKey[];
  return {
    Id: BASE_REGISTRY_ID,
    Name: "Base Message Registry",
    Language: "en",
    OwningEntity: "DMTF",
    RegistryPrefix: "Base",
    RegistryVersion: VERSION,
    Messages: Object.fromEntries(keys.map((key) => [key, registryEntry(key)])),
  };
}

function registryEntry(key: MessageKey): JsonObject {
  const [severity, text, resolution] = BASE[key];
  const count = new Set(`${text}${resolution}`.match(/%\d/g) ?? []).size;
  return {
    Description: text,
    Message: text,
    Severity: severity,
    MessageSeverity: severity,
    NumberOfArgs: count,
    ParamTypes: Array.from({ length: count }, () => "string"),
    Resolution: resolution,
  };
}
