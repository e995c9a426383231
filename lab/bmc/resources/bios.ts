import { settingProblems } from "../bios/check-settings";
import { withPending } from "../bios/self-test";
import type { Attributes } from "../flavours/flavour";
import { isObject, type Json, type JsonObject } from "../json";
import { type Message, message } from "../redfish/messages";
import {
  type Answer,
  documentOf,
  link,
  Refusal,
  type Request,
  type Resource,
  type Route,
  refuse,
} from "../redfish/resource";
import type { Service } from "../service";
import { accepted } from "./actions";
import { biosActionRoutes, PASSWORD_NAMES } from "./bios-actions";
import { isLockedByJob, schedule } from "./schedule";

const APPLY_TIME = "@Redfish.SettingsApplyTime";
const APPLY_TIMES = ["OnReset"];

export function biosRoutes(service: Service): Route[] {
  const { bios, settings } = service.flavour.paths;
  return [
    [bios, () => biosResource(service)],
    [settings, () => settingsResource(service)],
    ...biosActionRoutes(service),
  ];
}

function biosResource(service: Service): Resource {
  const { paths, registry } = service.flavour;
  return {
    type: "Bios.v1_2_3.Bios",
    privilege: "ConfigureComponents",
    read: () => ({
      Id: "Bios",
      Name: "BIOS Configuration Current Settings",
      AttributeRegistry: registry.id,
      Attributes: shownAttributes(service),
      "@Redfish.Settings": settingsAnnotation(service),
      Actions: {
        "#Bios.ResetBios": { target: `${paths.bios}/Actions/Bios.ResetBios` },
        "#Bios.ChangePassword": {
          target: `${paths.bios}/Actions/Bios.ChangePassword`,
          "PasswordName@Redfish.AllowableValues": PASSWORD_NAMES,
        },
      },
    }),
  };
}

function shownAttributes(service: Service): Attributes {
  const { current, pending, scheduledBy } = service.store.state;
  return service.modes.earlyReporting && scheduledBy !== null ? { ...current, ...pending } : current;
}

function settingsAnnotation(service: Service): JsonObject {
  const { settings } = service.flavour.paths;
  const { outcome } = service.store.state;
  return {
    "@odata.type": "#Settings.v1_4_0.Settings",
    SettingsObject: link(settings),
    ETag: documentOf(settings, settingsResource(service))["@odata.etag"] as Json,
    SupportedApplyTimes: APPLY_TIMES,
    ...(outcome
      ? {
          Time: outcome.time,
          Messages: outcome.messages.map(({ key, args, relatedProperties }) => message(key, args, relatedProperties)),
        }
      : {}),
  };
}

function settingsResource(service: Service): Resource {
  const { paths, registry, settingsShow } = service.flavour;
  return {
    type: "Bios.v1_2_3.Bios",
    privilege: "ConfigureComponents",
    guarded: true,
    read: () => {
      const { current, pending } = service.store.state;
      return {
        Id: "Settings",
        Name: "BIOS Configuration Pending Settings",
        AttributeRegistry: registry.id,
        Attributes: settingsShow === "all" ? { ...current, ...pending } : pending,
        // DSP0266, "Settings apply time": the object itself says when it can take effect.
        [APPLY_TIME]: {
          "@odata.type": "#Settings.v1_4_0.PreferredApplyTime",
          ApplyTime: "OnReset",
          "ApplyTime@Redfish.AllowableValues": APPLY_TIMES,
        },
        ...(paths.clearPending
          ? { Actions: { Oem: { [paths.clearPending.action]: { target: paths.clearPending.target } } } }
          : {}),
      };
    },
    patch: (request) => writeSettings(service, request),
  };
}

function writeSettings(service: Service, { body }: Request): Answer {
  if (isLockedByJob(service)) throw refuse(400, "ResourceInUse");
  const wanted = wantedAttributes(body);
  const applyTime = wantedApplyTime(body);
  const { current, pending } = service.store.state;
  const problems = settingProblems(service.flavour, wanted, { ...current, ...pending });
  if (problems.length > 0) throw new Refusal(400, problems);

  service.store.change((state) => withPending(state, wanted as Attributes));
  const waitsForJob = service.modes.needsApplyTime && applyTime === null;
  const task = waitsForJob ? null : schedule(service);
  if (task && service.modes.needsApplyTime) return accepted(service, task);
  return settingsAnswer(service, task);
}

function wantedAttributes(body: JsonObject): JsonObject {
  const unknown = Object.keys(body).filter(
    (name) => name !== "Attributes" && name !== APPLY_TIME && !name.startsWith("@odata."),
  );
  if (unknown.length > 0) {
    throw new Refusal(
      400,
      unknown.map((name): Message => message("PropertyNotWritable", [name], [`#/${name}`])),
    );
  }
  const { Attributes: attributes } = body;
  if (attributes === undefined) throw refuse(400, "PropertyMissing", ["Attributes"], ["#/Attributes"]);
  if (!isObject(attributes)) {
    throw refuse(400, "PropertyValueTypeError", [JSON.stringify(attributes), "Attributes"], ["#/Attributes"]);
  }
  if (Object.keys(attributes).length === 0) throw refuse(400, "NoOperation");
  return attributes;
}

function wantedApplyTime(body: JsonObject): string | null {
  const wanted = body[APPLY_TIME];
  if (wanted === undefined) return null;
  const time = isObject(wanted) ? wanted.ApplyTime : undefined;
  if (typeof time === "string" && APPLY_TIMES.includes(time)) return time;
  throw refuse(400, "PropertyValueNotInList", [JSON.stringify(time ?? wanted), "ApplyTime"], [`#/${APPLY_TIME}`]);
}

function settingsAnswer(service: Service, task: string | null): Answer {
  const { settingsAnswer: status, paths } = service.flavour;
  if (status === 202 && task) return accepted(service, task);
  if (status === 204) return { status };
  return {
    status: 200,
    body: {
      ...documentOf(paths.settings, settingsResource(service)),
      "@Message.ExtendedInfo": [message("Success")],
    },
  };
}
