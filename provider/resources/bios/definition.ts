import { bootNeedOf } from "../../../core/bios/boot-need";
import { nextValues, valueIn } from "../../../core/bios/next-values";
import { planWrites, type WantedSettings } from "../../../core/bios/plan-writes";
import { offersOf } from "../../../core/bios/resolve-intents";
import { Refusal } from "../../../core/problems";
import type { ResourceContext, ResourceDefinition } from "../../protocol/definition";
import type { Redfish } from "../../reach/redfish/redfish";
import { applyBios, bmcOptions } from "./apply";
import { judgeBios, knownWanted } from "./judge";
import { type Look, Looks } from "./looks";
import { observedBios, resolvedFrom } from "./observe";
import { type BiosInputs, type BiosOutputs, biosInputs, biosOutputs } from "./shapes";
import { differing } from "./split-writes";

/** Key of the one system of a BMC: its own id may change with the BMC's firmware. On OpenBMC it is the usual id as well. */
const ONLY_SYSTEM = "system";
const systemOf = (key: string, inputs: Pick<BiosInputs, "system"> | undefined): string | undefined =>
  key === ONLY_SYSTEM ? inputs?.system : key;

const looks = new Looks();

export const biosDefinition: ResourceDefinition<BiosInputs, BiosOutputs> = {
  token: "gpudirect:index:Bios",
  description:
    "BIOS settings of a server, through the Redfish service of its BMC: intents that are no vendor's, resolved by the BMC's own attribute registry, and attributes by name. Settings are written for the next boot, and nothing is rebooted: bootNeed tells what waits, running what is in force. What was set before comes back when the resource is deleted.",
  kind: "bios",
  inputs: biosInputs,
  outputs: biosOutputs,
  replaceOn: ["system"],
  kept: ["need"],
  settingMaps: ["attributes"],
  key: ({ system }) => system ?? ONLY_SYSTEM,

  async observe(context, key, inputs, known) {
    const system = systemOf(key, inputs);
    const look = await lookAt(context, { system, wanted: knownWanted(inputs ?? {}) });
    return look && (observedBios(look, { system }, inputs, known) as BiosOutputs);
  },

  judge: (observed, wanted) => judgeBios(observed, wanted, lookOf(observed)),

  async apply(context, target, observed, changes) {
    const key = target.system ?? ONLY_SYSTEM;
    const look =
      (observed && looks.of(context.machine.name, key)) ??
      (await lookAt(context, { system: target.system, wanted: knownWanted(target) }));
    if (!look) {
      throw new Error(
        `the BMC of ${context.machine.name} has no system with BIOS settings${target.system === undefined ? "" : ` of the id ${target.system}`}; leave this Bios out, or set system to the id of another`,
      );
    }
    await applyBios(context, redfishOf(context), look, target, changes);
  },

  async destroy(context) {
    context.info(`BIOS settings cannot be taken away; those of ${context.machine.name} stay as they are`);
  },

  preview(target, observed) {
    const look = observed && lookOf(observed);
    if (!observed || !look) return {};
    const { reading, resolutions } = look;
    const { values } = planWrites(reading, resolutions, differing(target, observed));
    const next = { ...nextValues(reading), ...Object.fromEntries(values) };
    const { running, notOffered, failures, systemId, manufacturer, model, biosVersion, registry } = observed;
    return {
      running,
      notOffered,
      failures,
      systemId,
      ...(manufacturer !== undefined && { manufacturer }),
      ...(model !== undefined && { model }),
      ...(biosVersion !== undefined && { biosVersion }),
      ...(registry !== undefined && { registry }),
      resolved: resolvedFrom([...offersOf(resolutions)], (name) => valueIn(next, name)),
      bootNeed: bootNeedOf(look.reading, look.inForce, values),
    };
  },
};

/** The look that the outputs are of; the protocol layer adds the host to them. */
function lookOf(observed: BiosOutputs & { readonly host?: unknown }): Look | undefined {
  const host = typeof observed.host === "string" ? observed.host : undefined;
  return looks.of(host, observed.system ?? ONLY_SYSTEM);
}

async function lookAt(
  context: ResourceContext,
  { system, wanted }: { readonly system: string | undefined; readonly wanted: WantedSettings },
): Promise<Look | undefined> {
  const redfish = redfishOf(context);
  const reading = await context.machine.facts(`bios ${system ?? ""}`, () =>
    redfish.readBios(system, bmcOptions(context)),
  );
  return reading && looks.keep(context, system ?? ONLY_SYSTEM, reading, wanted);
}

function redfishOf({ machine }: ResourceContext): Redfish {
  if (machine.redfish) return machine.redfish;
  const message = `BIOS settings are reached through the BMC, and ${machine.name} is known without one; set hosts.${machine.name}.bmc in the provider's configuration, or connection.bmc where the resource has a connection`;
  throw new Refusal([{ path: "host", message }]);
}
