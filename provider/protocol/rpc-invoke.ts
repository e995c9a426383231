import { type InvokeRequest, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { hasUnknown } from "../../core/diff/unknown";
import { type Problem, Refusal } from "../../core/problems";
import { checkShape } from "./check";
import { encode } from "./encode";
import { MachineUnknown } from "./inventory";
import type { Provider } from "./provider";
import { Request } from "./request";
import { failures } from "./rpc-check";
import { shapeOf } from "./zod-shape";

/** Invoke: all that is wrong with the arguments at once, else the function's result. */
export async function invoke(provider: Provider, message: InvokeRequest): Promise<InvokeResponse> {
  const definition = provider.function(message.getTok());
  const request = new Request(provider, "", [message.getArgs()], shapeOf(definition.inputs));
  const { value, secrets } = request.part(0);
  const refuse = (problems: readonly Problem[]) =>
    new InvokeResponse().setFailuresList(failures(problems, request.redact));
  const { inputs, problems } = checkShape(definition.inputs, value);
  if (problems.length > 0) return refuse(problems);
  // The engine and the SDKs call no function with unknowns; one that comes all the same has no answer yet.
  if (hasUnknown(inputs)) return refuse([{ path: "", message: "An argument is not known yet." }]);
  try {
    const machine = (name: string) => provider.inventory.machine(name).reading;
    const result = await request.run((context) => definition.run({ ...context, machine }, inputs));
    return new InvokeResponse().setReturn(
      encode({ ...result }, { secrets, shape: shapeOf(definition.outputs), wholeLists: true }),
    );
  } catch (error) {
    if (error instanceof Refusal) return refuse(error.problems);
    if (error instanceof MachineUnknown) return refuse([{ path: "host", message: `${error.message}.` }]);
    throw error;
  }
}
